//! What is said where data centers are managed.

use leptos::prelude::*;

use super::Failed;
use crate::error::ApiError;

/// Why a change of the data centers was refused.
#[derive(Clone, Copy)]
pub struct DataCenterErrors {
    pub add: RwSignal<Option<ApiError>>,
    pub rename: RwSignal<Option<ApiError>>,
    pub remove: RwSignal<Option<ApiError>>,
}

impl DataCenterErrors {
    /// With the errors of forms that were posted without WASM.
    pub fn new(failed: &Failed) -> Self {
        Self {
            add: RwSignal::new(failed.add.clone()),
            rename: RwSignal::new(failed.rename.clone()),
            remove: RwSignal::new(failed.remove.clone()),
        }
    }
}

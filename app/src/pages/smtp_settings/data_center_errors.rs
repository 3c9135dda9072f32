//! Errors of the forms that manage data centers.

use leptos::prelude::*;

use super::Failed;
use crate::error::ApiError;

/// Reasons why changes of data centers were refused.
#[derive(Clone, Copy)]
pub struct DataCenterErrors {
    pub add: RwSignal<Option<ApiError>>,
    pub rename: RwSignal<Option<ApiError>>,
    pub remove: RwSignal<Option<ApiError>>,
}

impl DataCenterErrors {
    /// Returns the errors of forms that were posted without WASM.
    pub fn new(failed: &Failed) -> Self {
        Self {
            add: RwSignal::new(failed.add.clone()),
            rename: RwSignal::new(failed.rename.clone()),
            remove: RwSignal::new(failed.remove.clone()),
        }
    }
}

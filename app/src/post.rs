//! Handlers of page forms, for the routes of the server.

pub use crate::{
    form::post::{PostPage, PostRequest, PostResponse},
    pages::{
        access::post::post as access_settings, account::post::post as own_account,
        add_device::post::post as add_device, alerts::post::post as alert_settings,
        login::post::post as login, message::post::post as message,
        password::post::post as choose_password, senders::post::post as senders,
        sending_settings::post::post as sending_settings, setup::post::post as setup,
    },
};

//! Query parameters of message lists.

use axum::{
    extract::Query,
    http::{StatusCode, Uri},
};
use domain::{
    ApiKey, DataCenterId, MessageFilter, MessageId, MessageState, ParameterError, UnixTime,
};

use super::{
    problem::{self, ProblemError, Refused},
    submit::unreadable_query,
};

/// Maximum number of messages per response.
const MAX_LIMIT: u32 = 200;
const DEFAULT_LIMIT: u32 = 50;

/// A parsed list query.
pub struct MessageListQuery {
    pub filter: MessageFilter,
    pub cursor: Option<MessageId>,
    pub limit: u32,
}

impl MessageListQuery {
    /// Parses the query. Reports invalid and unknown parameters.
    pub fn read(uri: &Uri, key: &ApiKey) -> Result<Self, Refused> {
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
            return Err(Box::new(unreadable_query()));
        };
        let mut query = Self {
            filter: MessageFilter::default(),
            cursor: None,
            limit: DEFAULT_LIMIT,
        };
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if let Err(error) = query.set(&name, &value) {
                errors.push(ProblemError::of_parameter(&name, error));
            }
        }
        let filter = &mut query.filter;
        if let Some(only) = &key.data_center {
            let other = filter.data_center.as_ref().is_some_and(|one| one != only);
            if other {
                let error = ParameterError::UnknownDataCenter;
                errors.push(ProblemError::of_parameter("data_center", error));
            }
            filter.data_center = Some(only.clone());
        }
        if errors.is_empty() {
            Ok(query)
        } else {
            Err(Box::new(problem::with_errors(
                StatusCode::BAD_REQUEST,
                errors,
            )))
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        let filter = &mut self.filter;
        match name {
            "data_center" => filter.data_center = Some(DataCenterId::parse(value)?),
            "state" => {
                for code in value.split(',') {
                    let state = MessageState::from_code(code.trim());
                    filter
                        .states
                        .push(state.ok_or(ParameterError::UnknownChoice)?);
                }
            }
            "search" => {
                if value.chars().any(char::is_control) {
                    return Err(ParameterError::ControlCharacter);
                }
                if value.chars().count() > 200 {
                    return Err(ParameterError::TooLong);
                }
                value.clone_into(&mut filter.search);
            }
            "since" => filter.since = Some(UnixTime::parse(value).ok_or(ParameterError::NotATime)?),
            "until" => filter.until = Some(UnixTime::parse(value).ok_or(ParameterError::NotATime)?),
            "cursor" => self.cursor = Some(MessageId::parse(value)?),
            "limit" => {
                let limit = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
                self.limit = limit.ok_or(ParameterError::NotANumber)?;
            }
            _ => return Err(ParameterError::UnknownChoice),
        }
        Ok(())
    }
}

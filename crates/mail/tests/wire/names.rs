//! A name server with scripted answers. No other name server is queried.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use domain::Host;
use mail::{Resolver, Resolving};

#[derive(Debug, Default)]
pub struct Names {
    /// Answers in sequence. The last one is repeated.
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    requested: Mutex<Vec<String>>,
}

impl Names {
    /// Creates a name server without names.
    pub fn none() -> Arc<Self> {
        Arc::default()
    }

    /// Creates a name server with one name and these answers in sequence.
    pub fn one(name: &str, answers: &[&[&str]]) -> Arc<Self> {
        let addresses = |answer: &&[&str]| answer.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = answers.iter().map(addresses).collect();
        Arc::new(Self {
            answers: Mutex::new(HashMap::from([(name.to_owned(), answers)])),
            requested: Mutex::default(),
        })
    }

    /// Returns the queried names.
    pub fn requested(&self) -> Vec<String> {
        self.requested.lock().unwrap().clone()
    }
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            self.requested.lock().unwrap().push(name.to_string());
            let mut answers = self.answers.lock().unwrap();
            let Some(answers) = answers.get_mut(name.as_str()) else {
                return Ok(Vec::new());
            };
            Ok(if answers.len() > 1 {
                answers.remove(0)
            } else {
                answers[0].clone()
            })
        })
    }
}

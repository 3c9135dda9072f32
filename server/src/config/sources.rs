//! The sources of the configuration: file, environment, and command line.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Format as _, Toml},
    value::{Dict, Map, Value},
};

use super::{ConfigError, Setting, source::Source};

const FILE: &str = "mailgrant.toml";
/// The configuration file of the packages.
const SYSTEM_FILE: &str = "/etc/mailgrant/mailgrant.toml";
/// Names the directory with the credentials of the service (systemd.exec(5)).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// The credential with the key that seals secrets.
const KEY_CREDENTIAL: &str = "mailgrant.key";
const PREFIX: &str = "MAILGRANT_";
const SEND: &str = "MAILGRANT_SEND_";

/// The sources that a configuration is read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    file: Option<(Source, PathBuf)>,
    credentials: Option<PathBuf>,
    environment: Vec<(String, OsString)>,
    flags: Vec<(Setting, Vec<String>)>,
}

/// The values of one source.
struct Level {
    source: &'static str,
    values: Dict,
}

impl Provider for Level {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

impl Sources {
    /// Returns the sources of the environment: the file that `MAILGRANT_CONFIG` names, else
    /// `mailgrant.toml` in the working directory or `/etc/mailgrant/mailgrant.toml` if one exists,
    /// the credentials of the service, and the variables that begin with `MAILGRANT_`. An empty
    /// variable counts as not set.
    #[must_use]
    pub fn environment(
        mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        for (name, value) in variables {
            if name == CREDENTIALS && !value.is_empty() {
                self.credentials = Some(PathBuf::from(value));
                continue;
            }
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            // Variables of `mailgrant send` configure the client, not the server.
            if value.is_empty() || name.starts_with(SEND) {
                continue;
            }
            if name == "MAILGRANT_CONFIG" {
                self.file
                    .get_or_insert((Source::Environment, PathBuf::from(value)));
            } else {
                self.environment.push((name.to_owned(), value));
            }
        }
        self
    }

    /// Uses this configuration file, as `--config` requests.
    #[must_use]
    pub fn file(mut self, path: Option<PathBuf>) -> Self {
        if let Some(path) = path {
            self.file = Some((Source::CommandLine, path));
        }
        self
    }

    /// Adds the values of a flag; an empty list means that the flag was not given.
    #[must_use]
    pub fn flag(mut self, setting: Setting, values: Vec<String>) -> Self {
        if !values.is_empty() {
            self.flags.push((setting, values));
        }
        self
    }

    pub(super) fn figment(&self) -> Result<Figment, ConfigError> {
        let mut figment = Figment::new();
        if let Some(path) = self.path()? {
            figment = figment.merge(file(&path)?);
        }
        Ok(figment
            .merge(self.credentials_level()?)
            .merge(self.environment_level()?)
            .merge(self.flag_level()))
    }

    fn path(&self) -> Result<Option<PathBuf>, ConfigError> {
        match &self.file {
            None => Ok([FILE, SYSTEM_FILE]
                .map(PathBuf::from)
                .into_iter()
                .find(|path| path.exists())),
            Some((_, path)) if path.is_file() => Ok(Some(path.clone())),
            Some((source, path)) => {
                let name = match source {
                    Source::CommandLine => "--config",
                    _ => "MAILGRANT_CONFIG",
                };
                let problem = format!("there is no file {}", path.display());
                Err(ConfigError::at(source, name, problem))
            }
        }
    }

    /// Returns the key file among the credentials, if there is one.
    fn credentials_level(&self) -> Result<Level, ConfigError> {
        let key = self
            .credentials
            .as_ref()
            .map(|path| path.join(KEY_CREDENTIAL));
        let mut values = Dict::new();
        if let Some(key) = key.filter(|path| path.exists()) {
            let wrong = |_| ConfigError::at(&Source::Credentials, CREDENTIALS, "is not UTF-8");
            let key = key.into_os_string().into_string().map_err(wrong)?;
            values.insert(Setting::KeyFile.name().to_owned(), Value::from(key));
        }
        Ok(Level {
            source: Source::CREDENTIALS,
            values,
        })
    }

    fn environment_level(&self) -> Result<Level, ConfigError> {
        let mut values = Dict::new();
        for (variable, value) in &self.environment {
            let wrong = |problem| ConfigError::at(&Source::Environment, variable, problem);
            let name = variable[PREFIX.len()..].to_ascii_lowercase();
            let Some(setting) = Setting::of_name(&name) else {
                if is_of_kubernetes(&name) {
                    continue;
                }
                return Err(wrong("there is no such setting"));
            };
            let value = if setting.is_paths() {
                env::split_paths(value)
                    .map(|path| path.into_os_string().into_string().map(Value::from))
                    .collect::<Result<Vec<_>, _>>()
                    .map(Value::from)
            } else {
                value.clone().into_string().map(Value::from)
            };
            let value = value.map_err(|_| wrong("is not UTF-8"))?;
            values.insert(setting.name().to_owned(), value);
        }
        Ok(Level {
            source: Source::ENVIRONMENT,
            values,
        })
    }

    fn flag_level(&self) -> Level {
        let value = |setting: Setting, values: &[String]| match values {
            [one] if !setting.is_paths() => Value::from(one.clone()),
            more => Value::from(more.to_vec()),
        };
        Level {
            source: Source::COMMAND_LINE,
            values: self
                .flags
                .iter()
                .map(|(setting, values)| (setting.name().to_owned(), value(*setting, values)))
                .collect(),
        }
    }
}

/// Returns true for variables that Kubernetes sets in each container if a service is named
/// "mailgrant".
fn is_of_kubernetes(name: &str) -> bool {
    name == "port" || name.starts_with("port_") || name.starts_with("service_")
}

fn file(path: &Path) -> Result<impl Provider + use<>, ConfigError> {
    let source = Source::File(path.to_owned());
    // Figment's provider opens the file by its path and would block on a FIFO.
    store::file::open(path).map_err(|error| ConfigError::of(&source, error.to_string()))?;
    let provider = Toml::file_exact(path);
    let data = provider
        .data()
        .map_err(|error| ConfigError::of(&source, without_snippet(&error.to_string())))?;
    let names = data.values().flat_map(Dict::keys);
    for name in names {
        if Setting::of_name(name).is_none() {
            return Err(ConfigError::at(&source, name, "there is no such setting"));
        }
    }
    Ok(provider)
}

/// Removes the quoted line from a parser error, because it may contain a secret. It is between
/// "TOML parse error at line 1, column 2" and the last line, which describes the error.
fn without_snippet(error: &str) -> String {
    let quoted = |line: &&str| {
        line.trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start()
            .starts_with('|')
    };
    let lines: Vec<_> = error
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !quoted(line))
        .collect();
    lines.join(": ")
}

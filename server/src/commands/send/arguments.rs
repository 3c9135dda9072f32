//! The command line of `sendmail`, as cron, mdadm, smartd, git and PHP use it.

use std::{ffi::OsString, path::PathBuf};

use super::exit::Failure;

const HELP: &str = "\
Submit a message from standard input to a Mailgrant server

Usage: mailgrant send [OPTIONS] [RECIPIENT]...
       sendmail [OPTIONS] [RECIPIENT]...          (a link to mailgrant by this name)

  -t                   Also send to the recipients in To, Cc, and Bcc
  -i, -oi              Do not end the message at a line with a single dot
  -f, -r ADDRESS       Envelope sender, and From if the message has none
  -F NAME              Display name for From if the message has none
  --data-center ID     Data center to send from
  --config FILE        Settings [default: ~/.config/mailgrant/send.toml, then /etc/mailgrant/send.toml]
  -bs                  Speak SMTP on standard input and output
  --flush, -q          Submit messages that were spooled while the server was unreachable
  --                   End of options; only recipients follow

If the server is unreachable, the message is spooled and sent with the next one, or with --flush.
Other options of sendmail are accepted and have no effect. The exit code is one of sysexits.h.
";

/// The parsed arguments.
#[expect(clippy::struct_excessive_bools, reason = "options are on or off")]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SendArguments {
    /// Recipients as written on the command line.
    pub recipients: Vec<String>,
    /// True if the recipients in the header are used as well.
    pub from_header: bool,
    /// True if a line with a single dot is part of the message.
    pub ignore_dots: bool,
    /// The envelope sender.
    pub sender: Option<String>,
    /// The display name for a missing `From`.
    pub name: Option<String>,
    /// True if messages come over SMTP on standard input.
    pub speaks_smtp: bool,
    /// True if the spool is to be flushed instead of a message being sent.
    pub flush: bool,
    /// The path of the settings file.
    pub config: Option<PathBuf>,
    /// The ID of the data center to send from.
    pub data_center: Option<String>,
    help: bool,
    version: bool,
}

impl SendArguments {
    /// Parses the arguments. Returns a warning for each unknown option.
    pub fn read(arguments: Vec<OsString>) -> Result<(Self, Vec<String>), Failure> {
        let mut parsed = Self::default();
        let mut warnings = Vec::new();
        let mut arguments = arguments.into_iter().map(|argument| {
            argument
                .into_string()
                .map_err(|_| Failure::usage("an argument is not UTF-8"))
        });
        while let Some(argument) = arguments.next().transpose()? {
            if argument == "--" {
                parsed.recipients = arguments.try_fold(parsed.recipients, |mut all, one| {
                    all.push(one?);
                    Ok::<_, Failure>(all)
                })?;
                break;
            } else if let Some(long) = argument.strip_prefix("--") {
                parsed.long(long, &mut arguments, &mut warnings)?;
            } else if argument.len() > 1 && argument.starts_with('-') {
                parsed.short(&argument[1..], &mut arguments, &mut warnings)?;
            } else {
                parsed.recipients.push(argument);
            }
        }
        Ok((parsed, warnings))
    }

    /// Returns the text of options such as `--help`, which print and send nothing.
    pub fn printed(&self) -> Option<String> {
        if self.help {
            Some(HELP.to_owned())
        } else if self.version {
            Some(format!("mailgrant {}\n", env!("CARGO_PKG_VERSION")))
        } else {
            None
        }
    }

    fn long(
        &mut self,
        long: &str,
        rest: &mut impl Iterator<Item = Result<String, Failure>>,
        warnings: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let mut value = || match value.clone() {
            Some(value) => Ok(value),
            None => rest
                .next()
                .unwrap_or_else(|| Err(Failure::usage(format!("--{name} needs a value")))),
        };
        match name {
            "flush" => self.flush = true,
            "help" => self.help = true,
            "version" => self.version = true,
            "config" => self.config = Some(value()?.into()),
            "data-center" => self.data_center = Some(value()?),
            _ => warnings.push(format!("the option --{name} is unknown and has no effect")),
        }
        Ok(())
    }

    /// Parses letters after one hyphen as getopt does.
    fn short(
        &mut self,
        letters: &str,
        rest: &mut impl Iterator<Item = Result<String, Failure>>,
        warnings: &mut Vec<String>,
    ) -> Result<(), Failure> {
        for (at, letter) in letters.char_indices() {
            let attached = &letters[at + letter.len_utf8()..];
            match letter {
                't' => self.from_header = true,
                'i' => self.ignore_dots = true,
                // Verbose, notify, no aliases, metoo, submission: they change nothing here.
                'v' | 'n' | 'm' | 'U' | 'G' => {}
                'o' => {
                    // -oi, -odi, -oem …; only -oi has an effect here.
                    self.ignore_dots |= attached.starts_with('i');
                    return Ok(());
                }
                'b' => {
                    self.speaks_smtp = mode(attached)?;
                    return Ok(());
                }
                'q' => {
                    self.flush = true;
                    return Ok(());
                }
                // Only with an attached value: the submitter, and how errors are reported.
                'A' | 'e' | 'd' | 'E' => return Ok(()),
                'f' | 'r' | 'F' | 'B' | 'N' | 'R' | 'V' | 'O' | 'X' | 'C' | 'h' | 'L' | 'p' => {
                    let value = if attached.is_empty() {
                        let missing = || Err(Failure::usage(format!("-{letter} needs a value")));
                        rest.next().unwrap_or_else(missing)?
                    } else {
                        attached.to_owned()
                    };
                    match letter {
                        'f' | 'r' => self.sender = Some(value),
                        'F' => self.name = Some(value),
                        // Body type, DSN, size, envelope ID, options, logs, hops: they only concern
                        // mail servers.
                        _ => {}
                    }
                    return Ok(());
                }
                other => {
                    warnings.push(format!("the option -{other} is unknown and has no effect"));
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Parses `-b`. Returns false for `-bm`, which reads a message, and true for `-bs`, which speaks
/// SMTP. All other modes only concern mail servers.
fn mode(mode: &str) -> Result<bool, Failure> {
    match mode {
        "m" => Ok(false),
        "s" => Ok(true),
        _ => Err(Failure::usage(format!(
            "-b{mode} is not supported: Mailgrant only accepts messages on standard input"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> (SendArguments, Vec<String>) {
        let words = words.split(' ').filter(|word| !word.is_empty());
        SendArguments::read(words.map(Into::into).collect()).unwrap()
    }

    #[test]
    fn reads_what_programs_call_sendmail_with() {
        // cron (Debian), PHP's mail(), git send-email, mdadm, smartd through mail(1).
        for words in [
            "-FCronDaemon -i -B8BITMIME -oem root",
            "-t -i",
            "-i -f alice@example.com bob@example.com carol@example.com",
            "-t",
            "-i -- root",
            "-oi -oem -odi -f alice@example.com -t",
            "-ti -bm -N failure,delay -R hdrs -V x bob@example.com",
        ] {
            assert_eq!(read(words).1, Vec::<String>::new(), "{words}");
        }
        let (cron, _) = read("-FCronDaemon -i -B8BITMIME -oem root");
        assert_eq!(cron.name.as_deref(), Some("CronDaemon"));
        assert_eq!(cron.recipients, ["root"]);
        assert!(cron.ignore_dots && !cron.from_header);
        let (git, _) = read("-oi -falice@example.com -- bob@example.com -x");
        assert_eq!(git.sender.as_deref(), Some("alice@example.com"));
        assert_eq!(git.recipients, ["bob@example.com", "-x"]);
    }

    #[test]
    fn warns_about_unknown_options() {
        let (arguments, warnings) = read("-Z --strange bob@example.com");
        assert_eq!(warnings.len(), 2);
        assert_eq!(arguments.recipients, ["bob@example.com"]);
    }

    #[test]
    fn refuses_to_be_a_mail_server() {
        for words in ["-bd", "-bp", "-f"] {
            assert!(SendArguments::read(vec![words.into()]).is_err(), "{words}");
        }
    }
}

//! `mailgrant check`: tests each step of a connection with the saved settings.

use std::pin::pin;

use clap::Args;
use domain::{Actor, CheckEvent, CheckId, CheckOutcome, CheckReport, DataCenterId};
use futures::StreamExt as _;
use mail::{CheckOf, CheckRequest, MailError, Mailer, TestError};
use server::{Config, Output};

use super::{CommandError, Opened};

/// Arguments of `mailgrant check`.
#[derive(Args)]
pub struct Options {
    /// Data center whose saved settings are checked
    #[arg(long, value_name = "ID", default_value = DataCenterId::DEFAULT, value_parser = data_center)]
    data_center: DataCenterId,
    /// Send a test email to this address at the end
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<String>,
    /// DKIM selector that the provider signs with
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    dkim_selector: String,
    /// Print only one JSON report at the end
    #[arg(long)]
    json: bool,
}

/// The outcome of a check, which decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every step passed.
    Well,
    /// At least one step failed.
    Failing,
    /// A user or the server's stop interrupted the check.
    Stopped,
}

/// Runs the check and prints each step as it finishes.
pub async fn run(options: &Options, config: &Config) -> Result<Ended, CommandError> {
    let opened = Opened::existing(config).await?;
    let mailer = server::open_mailer(config, opened.store.clone())?;
    let mut output = Output::default();
    let checked = check(options, &mailer, &opened, &mut output).await;
    // A running refresh has already consumed its refresh token, so its response must be stored.
    mailer.tokens.wait_for_running().await;
    opened.store.close().await;
    let report = checked?;
    if options.json {
        let json = serde_json::to_string_pretty(&report)?;
        output.print(&format!("{json}\n"))?;
    } else {
        let finding = wording::unplaced_finding(&report).map(wording::finding_lines);
        let ended = wording::check_outcome(&report);
        let finding = finding.unwrap_or_default();
        output.print(&format!("\n{finding}{ended}\n"))?;
    }
    Ok(match report.outcome {
        _ if report.failure().is_some() => Ended::Failing,
        CheckOutcome::Delivered { .. } | CheckOutcome::Passed => Ended::Well,
        _ => Ended::Stopped,
    })
}

async fn check(
    options: &Options,
    mailer: &Mailer,
    opened: &Opened,
    output: &mut Output,
) -> Result<CheckReport, CommandError> {
    let request = CheckRequest {
        recipient: options.recipient.clone(),
        dkim_selector: options.dkim_selector.clone(),
    };
    let of = CheckOf::Saved(&options.data_center);
    let begun = mailer
        .doctor
        .begin(of, request, &Actor::command_line())
        .await;
    let id = match begun {
        Ok(id) => id,
        Err(TestError::Form { .. }) => return Err(CommandError::WrongRecipient),
        Err(TestError::Mail(MailError::UnknownDataCenter)) => {
            return Err(opened.unknown_data_center(&options.data_center).await);
        }
        Err(TestError::Mail(MailError::NoSettings)) => {
            return Err(CommandError::NoSettings(options.data_center.clone()));
        }
        Err(TestError::Mail(error)) => return Err(error.into()),
    };
    let mut finishing = pin!(finish(options, mailer, &id, output));
    tokio::select! {
        report = &mut finishing => report,
        _ = tokio::signal::ctrl_c() => {
            mailer.doctor.cancel(&id);
            finishing.await
        }
    }
}

async fn finish(
    options: &Options,
    mailer: &Mailer,
    id: &CheckId,
    output: &mut Output,
) -> Result<CheckReport, CommandError> {
    if let Some(events) = mailer.doctor.watch(id) {
        let mut events = pin!(events);
        while let Some(event) = events.next().await {
            if let (CheckEvent::Step(step), false) = (event, options.json) {
                output.print(&wording::check_step_lines(&step))?;
            }
        }
    }
    let report = mailer.doctor.finish(id).await?;
    report.ok_or(CommandError::NoReport)
}

pub(super) fn data_center(typed: &str) -> Result<DataCenterId, &'static str> {
    DataCenterId::parse(typed).map_err(|_| "not the ID of a data center, such as default")
}

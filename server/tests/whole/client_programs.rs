//! Programs that people send mail with, each over every kind of connection and with every way to be
//! recognized. The table in `docs/clients.md` is that of [`table`].
//!
//! One server serves all tests that run at the same time. Each message is compared at the provider
//! that it was delivered to.

mod case;
mod kind;
mod mail_servers;
mod message;
mod programs;
mod table;
mod verify;
mod world;

use std::thread;

use prerequisites::needs_program;

use self::{
    case::Case,
    kind::{Auth, Mode},
    mail_servers::Postfix,
    programs::Run,
    table::Client,
    world::World,
};

/// Sends a message in each way that the program supports, and verifies what was delivered.
fn check(name: &str, run: impl Fn(&Case<'_>) -> Run + Sync) {
    let client = Client::named(name);
    let world = World::shared();
    thread::scope(|scope| {
        for mode in Mode::ALL {
            let (world, run) = (&world, &run);
            scope.spawn(move || {
                for auth in Auth::ALL {
                    if client.reason_against(auth).is_none() {
                        let case = Case::new(world, client, mode, auth);
                        run(&case).finish(&case);
                        verify::verify(&case);
                    }
                }
            });
        }
    });
}

#[needs_program(swaks)]
#[test]
fn swaks_sends_in_each_way() {
    check("swaks", programs::swaks);
}

#[needs_program(msmtp)]
#[test]
fn msmtp_sends_in_each_way() {
    check("msmtp", programs::msmtp);
}

#[needs_program(s_nail)]
#[test]
fn s_nail_sends_in_each_way() {
    check("s-nail", programs::s_nail);
}

#[needs_program(curl)]
#[test]
fn curl_sends_in_each_way() {
    check("curl", programs::curl);
}

#[needs_program(git)]
#[test]
fn git_send_email_sends_in_each_way() {
    check("git send-email", programs::git);
}

#[needs_program(phpmailer)]
#[test]
fn phpmailer_sends_in_each_way() {
    check("PHPMailer", |case| {
        programs::script(case, "php", "phpmailer.php")
    });
}

#[needs_program(java)]
#[test]
fn javamail_sends_in_each_way() {
    let classes = programs::compile_java();
    check("JavaMail", |case| programs::java(case, classes.path()));
}

#[needs_program(python)]
#[test]
fn pythons_smtplib_sends_in_each_way() {
    check("Python smtplib", |case| {
        programs::script(case, "python3", "smtplib_client.py")
    });
}

#[needs_program(ruby)]
#[test]
fn rubys_net_smtp_sends_in_each_way() {
    check("Ruby Net::SMTP", |case| {
        programs::script(case, "ruby", "net_smtp.rb")
    });
}

#[needs_program(perl)]
#[test]
fn perls_net_smtp_sends_in_each_way() {
    check("Perl Net::SMTP", |case| {
        programs::script(case, "perl", "net_smtp.pl")
    });
}

#[needs_program(nodemailer)]
#[test]
fn nodemailer_sends_in_each_way() {
    check("nodemailer", |case| {
        programs::script(case, "node", "nodemailer.mjs")
    });
}

#[needs_program(nullmailer)]
#[test]
fn nullmailer_sends_in_each_way() {
    check("nullmailer", mail_servers::nullmailer);
}

#[needs_program(dma)]
#[test]
fn dma_sends_in_each_way() {
    check("dma", mail_servers::dma);
}

#[needs_program(exim)]
#[test]
fn exim_sends_in_each_way() {
    check("Exim", mail_servers::exim);
}

#[needs_program(postfix)]
#[test]
fn postfix_sends_in_each_way() {
    let world = World::shared();
    let postfix = Postfix::start(&world);
    check("Postfix", |case| postfix.submit(case));
}

#[test]
fn the_manual_has_the_table() {
    let manual = include_str!("../../../docs/clients.md");
    let table = table::render();
    assert!(
        manual.contains(&table),
        "docs/clients.md should have:\n{table}"
    );
}

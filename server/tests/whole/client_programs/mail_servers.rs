//! Mail servers that pass local mail on to the server, their smarthost.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    process::Command,
};

use tempfile::TempDir;

use super::{
    case::Case,
    kind::{Auth, Mode},
    programs::{Run, here},
    world::World,
};

/// The user `mail` of Debian.
const MAIL: u32 = 8;
const USERS: &str = "root:x:0:0::/:/bin/sh\nmail:x:8:8::/:/bin/sh\nDebian-exim:x:8:8::/:/bin/sh\n";
const GROUPS: &str = "root:x:0:\nmail:x:8:\nDebian-exim:x:8:\n";

/// Returns a run of a Debian package that was only unpacked. `spool` has its folders below `/var`.
fn in_jail(case: &Case<'_>, package: &str, folders: &[&str]) -> Run {
    for (name, text) in [
        ("passwd", USERS),
        ("group", GROUPS),
        ("hosts", "127.0.0.1 localhost\n"),
        (
            "nsswitch.conf",
            "hosts: files\npasswd: files\ngroup: files\n",
        ),
        ("mailname", "localhost\n"),
        ("aliases", ""),
    ] {
        case.write(&format!("jail/etc/{name}"), text);
    }
    let certificate = fs::read_to_string(case.world.certificate()).unwrap();
    case.write("jail/etc/certificate.pem", &certificate);
    for folder in folders {
        let path = case.folder.join("jail/var").join(folder);
        fs::create_dir_all(&path).unwrap();
        chown(&path, Some(MAIL), Some(MAIL)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o2775)).unwrap();
    }
    let packages = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/mail-programs");
    Run::new("sh")
        .args([&*here("jail.sh"), "jail", &format!("{packages}/{package}")])
        .input("message.eml")
}

pub fn nullmailer(case: &Case<'_>) -> Run {
    let (port, world, from) = (case.port(), case.world, case.from());
    let queue = "spool/nullmailer";
    let folders = ["queue", "tmp", "failed"].map(|name| format!("{queue}/{name}"));
    let folders = [queue]
        .into_iter()
        .chain(folders.iter().map(String::as_str));
    let run = in_jail(case, "nullmailer", &folders.collect::<Vec<_>>());
    let tls = case.mode.choose(
        "",
        "starttls x509cafile=/etc/certificate.pem",
        "tls x509cafile=/etc/certificate.pem",
    );
    let login = if case.auth == Auth::Login {
        "auth-login"
    } else {
        ""
    };
    let credentials = if case.auth.signs_in() {
        format!("user={} pass={}", world.user, world.password)
    } else {
        String::new()
    };
    let remote = format!("localhost smtp port={port} {tls} {credentials} {login}\n");
    case.write("jail/etc/nullmailer/remotes", &remote);
    case.write("jail/etc/nullmailer/me", "localhost\n");
    // Goes through the queue once.
    case.write("jail/etc/nullmailer/pausetime", "0\n");
    let script = "mkfifo -m 666 /var/spool/nullmailer/trigger; sendmail -f \"$0\" bob@sandbox.test && nullmailer-send";
    run.args(["sh", "-c", script, &from])
}

pub fn dma(case: &Case<'_>) -> Run {
    let (port, world) = (case.port(), case.world);
    let run = in_jail(case, "dma", &["spool/dma"]);
    let tls = case
        .mode
        .choose("INSECURE", "SECURETRANSFER\nSTARTTLS", "SECURETRANSFER");
    case.write(
        "jail/etc/dma/dma.conf",
        &format!("SMARTHOST localhost\nPORT {port}\nAUTHPATH /etc/dma/auth.conf\nMAILNAME localhost\n{tls}\n"),
    );
    let credentials = if case.auth.signs_in() {
        format!("{}|localhost:{}\n", world.user, world.password)
    } else {
        String::new()
    };
    case.write("jail/etc/dma/auth.conf", &credentials);
    // Delivers before it exits.
    run.args(["dma", "-D", "-i", "-f", &case.from(), "bob@sandbox.test"])
}

pub fn exim(case: &Case<'_>) -> Run {
    let (user, password) = (&case.world.user, &case.world.password);
    let run = in_jail(case, "exim4-daemon-light", &["spool/exim4", "log/exim4"]);
    let protocol = case.mode.choose("smtp", "smtp", "smtps");
    let tls = if case.mode == Mode::Plain {
        "hosts_avoid_tls = *"
    } else {
        "hosts_require_tls = *\n  tls_verify_certificates = /etc/certificate.pem\n  tls_verify_hosts = *"
    };
    let auth = if case.auth.signs_in() {
        "hosts_require_auth = *"
    } else {
        ""
    };
    let authenticator = match case.auth {
        Auth::Plain => format!("public_name = PLAIN\n  client_send = ^{user}^{password}"),
        Auth::Login => format!("public_name = LOGIN\n  client_send = : {user} : {password}"),
        Auth::Address => "public_name = PLAIN".to_owned(),
    };
    case.write(
        "jail/etc/exim4/exim4.conf",
        &format!(
            "primary_hostname = localhost\nlog_file_path = /var/log/exim4/%slog\nnever_users =\nkeep_environment =\n\
             untrusted_set_sender = *\nlocal_from_check = false\n\
             begin routers\nsmarthost:\n  driver = manualroute\n  transport = smarthost\n\
             \x20 route_list = * localhost byname\n  self = send\n\
             begin transports\nsmarthost:\n  driver = smtp\n  protocol = {protocol}\n  port = {}\n  {tls}\n  {auth}\n\
             begin authenticators\nclient:\n  driver = plaintext\n  {authenticator}\n",
            case.port()
        ),
    );
    // Delivers before it exits.
    run.args([
        "exim4",
        "-odf",
        "-oi",
        "-f",
        &case.from(),
        "bob@sandbox.test",
    ])
}

/// Postfix's services for local mail; others only accept mail from the network.
const SERVICES: &str = "pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// A separate instance of Postfix with a transport for each way to send.
pub struct Postfix {
    folder: TempDir,
}

impl Postfix {
    pub fn start(world: &World) -> Self {
        let builder = &mut tempfile::Builder::new();
        // Its processes run as another user.
        let folder = builder.prefix("mailgrant-postfix").tempdir().unwrap();
        let place = folder.path();
        fs::set_permissions(place, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "spool", "data"] {
            fs::create_dir(place.join(name)).unwrap();
        }
        run("chown", &["postfix", place.join("data").to_str().unwrap()]);
        fs::copy(world.certificate(), place.join("etc/certificate.pem")).unwrap();
        let (mut services, mut senders) = (SERVICES.to_owned(), Vec::new());
        for mode in Mode::ALL {
            for auth in Auth::ALL {
                let name = format!("{}-{}", mode.name(), auth.name());
                let port = world.port(mode);
                senders.push(format!(
                    "{{ {name}@postfix.local = smtp-{name}:[localhost]:{port} }}"
                ));
                services += &service(&name, mode, auth);
            }
        }
        let main = configuration(world, place, &senders.join(", "));
        fs::write(place.join("etc/main.cf"), main).unwrap();
        fs::write(place.join("etc/master.cf"), services).unwrap();
        let postfix = Self { folder };
        postfix.control("start");
        postfix
    }

    fn control(&self, word: &str) {
        let etc = self.etc();
        run("/usr/sbin/postfix", &["-c", &etc, word]);
    }

    fn etc(&self) -> String {
        self.folder.path().join("etc").to_str().unwrap().to_owned()
    }

    /// Adds a message to the queue, as `sendmail` does.
    pub fn submit(&self, case: &Case<'_>) -> Run {
        Run::new("/usr/sbin/sendmail")
            .args([
                "-C",
                &self.etc(),
                "-i",
                "-f",
                &case.from(),
                "bob@sandbox.test",
            ])
            .input("message.eml")
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.control("stop");
    }
}

fn service(name: &str, mode: Mode, auth: Auth) -> String {
    let tls = mode.choose(
        "-o smtp_tls_security_level=none",
        "-o smtp_tls_security_level=secure",
        "-o smtp_tls_security_level=secure -o smtp_tls_wrappermode=yes",
    );
    let auth = match auth {
        Auth::Address => String::new(),
        auth => format!(
            "-o smtp_sasl_auth_enable=yes -o smtp_sasl_mechanism_filter={}",
            auth.name()
        ),
    };
    format!("smtp-{name} unix - - n - - smtp {tls} {auth}\n")
}

fn configuration(world: &World, place: &Path, senders: &str) -> String {
    let (place, user, password) = (place.display(), &world.user, &world.password);
    format!(
        "compatibility_level = 3.6\nqueue_directory = {place}/spool\ndata_directory = {place}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
         setgid_group = postdrop\nmaillog_file = {place}/log\nmaillog_file_prefixes = {place}\n\
         meta_directory = /etc/postfix\nshlib_directory = /usr/lib/postfix\nmyhostname = localhost\n\
         mydestination =\nalias_maps =\nalias_database =\ninet_protocols = ipv4\ndisable_dns_lookups = yes\n\
         smtp_host_lookup = native\nbiff = no\nsmtp_tls_CAfile = {place}/etc/certificate.pem\n\
         smtp_tls_secure_cert_match = nexthop\nsmtp_sasl_security_options = noanonymous\n\
         smtp_sasl_password_maps = inline:{{ {{ localhost = {user}:{password} }} }}\n\
         sender_dependent_default_transport_maps = inline:{{ {senders} }}\n"
    )
}

fn run(program: &str, words: &[&str]) {
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{program} {words:?}: {output:?}");
}

//! Findings about the sessions in which programs and devices submit mail.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    let (cause, fix) = sign_in(code)
        .or_else(|| tls(code))
        .or_else(|| message(code))
        .or_else(|| limit(code))?;
    Some(Template::new(cause, fix))
}

type Words = Option<(&'static str, &'static str)>;

fn sign_in(code: Code) -> Words {
    Some(match code {
        Code::InboundWrongPassword => (
            "The device signed in with a wrong user name or password.",
            "Enter the user name and the password of the sender again; upper and lower case matter in the password. If the password is lost, create a new one for the sender.",
        ),
        Code::InboundKeyLacksScope => (
            "The device signed in with an API key that may not send mail.",
            "Create an API key with the permission to send, or use the user name and password of a sender.",
        ),
        Code::InboundTooManySignIns => (
            "There were too many failed sign-ins from this address or with this user name.",
            "Correct the user name and the password in the device first, then wait a few minutes and try again.",
        ),
        Code::InboundSignInMalformed => (
            "The device sent a sign-in that is not base64 of a user name and a password.",
            "Enter the user name and the password again without special characters. Update the device's firmware if this persists.",
        ),
        Code::InboundMechanismNotOffered => (
            "The device uses a sign-in method that Mailgrant does not offer, such as CRAM-MD5 or NTLM.",
            "Choose \"LOGIN\", \"PLAIN\", or \"normal password\" in the device.",
        ),
        Code::InboundNoSignIn => (
            "The device did not sign in, and its address does not belong to a sender.",
            "Turn on authentication in the device, and enter the user name and the password of a sender. If the device cannot sign in, add its address to a sender.",
        ),
        Code::InboundSenderEnded => (
            "The sender or its API key was removed, has expired, or got another password while the device was connected.",
            "Enter the current user name and password in the device, or extend the expiry of the sender.",
        ),
        Code::InboundNetworkNotAdmitted => (
            "The device's address is not in the networks that may use this listener.",
            "Let the device connect to another listener, or add its network to the setting smtp_listeners.",
        ),
        _ => return None,
    })
}

fn tls(code: Code) -> Words {
    Some(match code {
        Code::InboundNoTls => (
            "The device did not turn on encryption, and Mailgrant accepts a password only over an encrypted connection.",
            "Turn on STARTTLS or TLS in the device. If it supports neither, add its address to a sender, or use a listener in plain mode within a trusted network.",
        ),
        Code::InboundTlsTooOld => (
            "The device supports only TLS versions or ciphers that are no longer secure. Mailgrant requires TLS 1.2 or 1.3.",
            "Update the device's firmware, and turn on TLS 1.2 in its settings. If that is not possible, turn encryption off in the device, and add its address to a sender.",
        ),
        Code::InboundCertificateRejected => (
            "The device rejected Mailgrant's certificate.",
            "Import Mailgrant's certificate into the device, enter the name that is in the certificate as the host, and check the date of the device. You can also configure a certificate of a known authority, or turn off the verification in the device.",
        ),
        Code::InboundTlsOnPlainPort => (
            "The device started TLS immediately on a port that begins without it, and the handshake failed.",
            "Choose STARTTLS in the device, or use the port of a listener with implicit TLS, usually 465.",
        ),
        Code::InboundPlaintextOnTlsPort => (
            "The device sent plain text on a port that expects TLS from the beginning.",
            "Choose SSL/TLS instead of STARTTLS or no encryption in the device, or use the port of a listener with STARTTLS, usually 587.",
        ),
        Code::InboundTlsFailed => (
            "The TLS handshake with the device did not finish.",
            "The device may not accept the certificate: import it into the device. If this persists, read the transcript.",
        ),
        _ => return None,
    })
}

fn message(code: Code) -> Words {
    Some(match code {
        Code::InboundFromNotAllowed => (
            "The sender may not use the From address of the message.",
            "Change the From address in the device, allow the address for the sender, or let Mailgrant rewrite other addresses.",
        ),
        Code::InboundNullSenderNotAllowed => (
            "The message has an empty envelope sender, which this sender may not use.",
            "Set the sender address in the device, or let Mailgrant replace the empty sender.",
        ),
        Code::InboundRecipientNotAllowed => (
            "The sender may not send to this recipient's domain.",
            "Add the domain to the allowed recipients of the sender, or change the recipient in the device.",
        ),
        Code::InboundTooLarge => (
            "The message is larger than Mailgrant accepts.",
            "Send smaller files, for example by scanning with a lower resolution or as compressed PDF.",
        ),
        Code::InboundTooManyRecipients => (
            "The message has more recipients than Mailgrant accepts at once.",
            "Send to the remaining recipients in another message.",
        ),
        Code::InboundUnterminatedMessage => (
            "The device did not end the message with CRLF, a dot, and CRLF, so Mailgrant waited for its end. Some devices send LF alone.",
            "Update the device's firmware, or let the program send lines that end with CRLF. Mailgrant cannot guess the end of a message without risk.",
        ),
        Code::InboundBareLineFeed => (
            "The message has lines that do not end with CRLF.",
            "Let the program send lines that end with CRLF, or add the device's address to a sender: Mailgrant then corrects the line ends.",
        ),
        Code::InboundMessageInvalid => (
            "The message has a header or an address that is not valid.",
            "Read the reply below, and correct this value in the device.",
        ),
        Code::InboundEarlyInput => (
            "The client sent something before it was its turn. Attackers do this, and programs that do not speak SMTP.",
            "Check that the program speaks SMTP at this port and waits for each reply.",
        ),
        Code::InboundRefused => (
            "Mailgrant rejected a command of the device.",
            "Read the reply below, and the transcript.",
        ),
        _ => return None,
    })
}

fn limit(code: Code) -> Words {
    Some(match code {
        Code::InboundLimitReached => (
            "The sender has reached a limit on its messages.",
            "Wait, or raise the limits of the sender. If you do not expect this much mail, check what the device sends.",
        ),
        Code::InboundTooManyConnections => (
            "There were too many connections at the same time.",
            "Let the device use fewer connections, or raise the limit of connections per address.",
        ),
        Code::InboundNotSetUp => (
            "The data center of the sender is not set up, so Mailgrant cannot accept its mail yet.",
            "Save the SMTP settings of the data center. The device should then try again.",
        ),
        Code::InboundUnavailable => (
            "Mailgrant could not store the message at this time.",
            "Try again. If this persists, check the disk, the database, and the alerts.",
        ),
        _ => return None,
    })
}

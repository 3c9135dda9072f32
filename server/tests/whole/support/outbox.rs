//! Messages submitted by programs.

use domain::{
    Arrival, ArrivalProtocol, DataCenterId, EmailAddress, MessageId, Principal, Recipient,
    RecipientKind,
};
use mail::{Mailer, Submission};
use message::Composed;

/// Returns a message to Bob that is due in a year, so no server delivers it.
pub fn mail(mailer: &Mailer, subject: &str) -> Submission {
    let address = |text| EmailAddress::parse(text).unwrap();
    let body = format!("Subject: {subject}\r\nFrom: shop@example.com\r\n\r\nHello Bob\r\n");
    Submission {
        data_center: DataCenterId::default(),
        message: Composed {
            sender: address("shop@example.com"),
            recipients: vec![Recipient::new(
                address("bob@example.com"),
                RecipientKind::To,
            )],
            message_id: format!("<{}@example.com>", subject.len()),
            from: "The shop <shop@example.com>".into(),
            subject: subject.into(),
            content: body.into_bytes(),
        },
        submitted_by: Principal::Key("shop".into()),
        arrival: Arrival::over(ArrivalProtocol::Http),
        idempotency: None,
        due_at: Some(mailer.clock.now().plus(31_536_000)),
        counts_for: None,
    }
}

/// Submits the message.
pub async fn submit(mailer: &Mailer, subject: &str) -> MessageId {
    mailer
        .outbox
        .submit(mail(mailer, subject))
        .await
        .unwrap()
        .id
}

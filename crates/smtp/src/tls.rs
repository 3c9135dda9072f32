//! The TLS handshake of a mail server.

use domain::{
    FactName, Finding, FindingCode, StepKind, TlsMinimum, TlsSession, UnixTime, Verdict,
    finding::FindingValue,
};
use futures::{FutureExt, future::BoxFuture};
use net::{AllowedAddress, CertificateChain, Recorder, RecordingStream, Step, tls};
use rustls::{CertificateError, pki_types::ServerName};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::{ConnectOptions, connection::Connection};

impl ConnectOptions<'_> {
    /// Returns the TLS configuration for the server.
    pub(crate) fn connector(&self) -> TlsConnector {
        TlsConnector::from(self.outgoing.tls(self.server.tls_minimum))
    }

    fn server_name(&self) -> Option<ServerName<'static>> {
        ServerName::try_from(self.server.host.as_str().to_owned()).ok()
    }

    pub(crate) async fn handshake(
        &self,
        address: AllowedAddress,
        wire: &RecordingStream,
        recorder: &Recorder,
    ) -> Result<(), Finding> {
        let mut step = recorder.begin(StepKind::Tls, "");
        let Some(name) = self.server_name() else {
            let finding = self.server.finding(FindingCode::CertificateOtherName);
            return Err(recorder.failed(step, "", finding));
        };
        let connector = self.connector();
        let upgrade = wire.upgrade(&connector, name);
        let (code, said) = match timeout(self.timeouts.connect, upgrade).await {
            Ok(Ok(session)) => {
                self.agreed(step, &session, wire, recorder);
                recorder.set_tls(session);
                return Ok(());
            }
            Ok(Err(error)) => {
                presented(&mut step, tls::cause(&error));
                let code = decode::tls_handshake(&error, self.server.tls_minimum);
                (code, error.to_string())
            }
            Err(_) => (FindingCode::Timeout, String::new()),
        };
        if code == FindingCode::TlsVersion
            && let Some(session) = self.accepted(address).await
        {
            step.fact(FactName::ServerAccepts, session.version);
        }
        let finding = self.server.finding(code).saying(&said);
        Err(recorder.failed(step, &said, finding))
    }

    fn agreed(
        &self,
        mut step: Step,
        session: &TlsSession,
        wire: &RecordingStream,
        recorder: &Recorder,
    ) {
        let chain = CertificateChain::read(&wire.certificates());
        step.fact(FactName::TlsVersion, &session.version);
        step.fact(FactName::Cipher, &session.cipher);
        for (name, value) in chain.facts() {
            step.fact(name, value);
        }
        let text = format!("{} {}", session.version, session.cipher);
        if let Some(ends) = chain.ends_soon(self.now) {
            let finding = self.server.finding(FindingCode::CertificateEndsSoon);
            let finding = finding.with(FindingValue::Ends, ends);
            recorder.end(step, Verdict::Warned, &text, Some(finding));
        } else {
            recorder.passed(step, &text);
        }
    }

    /// Returns the TLS session of a server that does not accept TLS 1.3. Boxed, because it opens a
    /// connection while another is being opened. It does not recurse with the lower minimum.
    fn accepted(&self, address: AllowedAddress) -> BoxFuture<'_, Option<TlsSession>> {
        async move {
            if self.server.tls_minimum == TlsMinimum::Tls12 {
                return None;
            }
            let mut server = self.server.clone();
            server.tls_minimum = TlsMinimum::Tls12;
            let options = ConnectOptions {
                server: &server,
                ..*self
            };
            let quiet = Recorder::default();
            let look = async {
                let tcp = address.connect().await.ok()?;
                let opened = Connection::start(&options, (tcp, address), &quiet)
                    .await
                    .ok()?;
                opened.quit_recorded().await;
                Some(())
            };
            timeout(self.timeouts.connect, look).await.ok()??;
            quiet.tls()
        }
        .boxed()
    }

    /// Returns true if a server that sent no greeting answers a TLS handshake at the same address.
    pub(crate) async fn answers_in_tls(&self, address: AllowedAddress) -> bool {
        let Some(name) = self.server_name() else {
            return false;
        };
        let connector = self.connector();
        let handshake = async {
            let tcp = address.connect().await?;
            connector.connect(name, tcp).await
        };
        match timeout(self.timeouts.connect, handshake).await {
            Ok(Ok(_)) => true,
            // A certificate that is not accepted still arrived in a TLS handshake.
            Ok(Err(error)) => matches!(
                tls::cause(&error),
                Some(rustls::Error::InvalidCertificate(_))
            ),
            Err(_) => false,
        }
    }
}

/// Adds the facts of a refused certificate, as far as the error has them.
fn presented(step: &mut Step, error: Option<&rustls::Error>) {
    use CertificateError as E;
    let Some(rustls::Error::InvalidCertificate(error)) = error else {
        return;
    };
    match error {
        E::NotValidForNameContext { presented, .. } => {
            step.fact(FactName::CertificateNames, presented.join(", "));
        }
        E::ExpiredContext { not_after, .. } => {
            let ends = i64::try_from(not_after.as_secs()).map(UnixTime);
            let ends = ends.map(UnixTime::rfc3339).unwrap_or_default();
            step.fact(FactName::CertificateEnds, ends);
        }
        _ => {}
    }
}

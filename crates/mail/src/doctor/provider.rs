//! Checks of the OAuth provider: its metadata, the reachability of its token endpoint, and its
//! clock.

use domain::{
    Authentication, EndpointUrl, FactName, Finding, FindingCode, OAuthClient, ProviderFamily,
    StepKind, Verdict, finding::FindingValue,
};
use futures::future::join_all;
use http::{HeaderMap, StatusCode, header};
use net::{HttpError, Recorder};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::{join, time::timeout};

use super::{Doctor, job::Job};

/// Clock difference in seconds above which a check warns. Latency and rounding cause smaller
/// differences.
const MAX_SKEW: i64 = 60;

/// The fields of a discovery document that the check compares.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
}

impl Doctor {
    /// Checks the provider without sending credentials.
    pub(super) async fn about_provider(&self, job: &Job, recorder: &Recorder) {
        if let Authentication::OAuth { client, .. } = &job.settings.authentication {
            join!(
                self.check_metadata(client, recorder),
                self.check_token_endpoint(client, recorder)
            );
        }
    }

    async fn check_metadata(&self, client: &OAuthClient<SecretString>, recorder: &Recorder) {
        let urls = oauth::metadata_urls(client.authorization_endpoint.as_str());
        let mut step = recorder.begin(StepKind::Discovery, &format!("GET {}", urls.join(" ")));
        let documents = urls.iter().map(async |url| {
            let (_, body) = self.fetch(url).await.ok()?;
            serde_json::from_slice::<Document>(&body).ok()
        });
        let documents = timeout(self.timeouts.connect, join_all(documents)).await;
        let document = documents
            .ok()
            .and_then(|all| all.into_iter().flatten().next());
        let Some(document) = document else {
            // Discovery documents are optional.
            return recorder.end(step, Verdict::Skipped, "", None);
        };
        step.fact(FactName::Issuer, &document.issuer);
        let published = [&document.authorization_endpoint, &document.token_endpoint];
        let own = [&client.authorization_endpoint, &client.token_endpoint];
        let text = published.map(String::as_str).join("\n");
        if own
            .into_iter()
            .zip(published)
            .all(|(own, other)| is_same(own, other))
        {
            recorder.passed(step, &text);
        } else {
            let finding = Finding::new(FindingCode::EndpointDiffers)
                .with(FindingValue::Endpoints, text.replace('\n', " "));
            recorder.end(step, Verdict::Warned, &text, Some(finding));
        }
    }

    /// Sends an empty GET request. Any response proves that the endpoint is reachable.
    async fn check_token_endpoint(&self, client: &OAuthClient<SecretString>, recorder: &Recorder) {
        let url = client.token_endpoint.as_str();
        let mut step = recorder.begin(StepKind::TokenEndpoint, &format!("GET {url}"));
        let answer = timeout(self.timeouts.connect, self.fetch_any(url)).await;
        let answer = match answer {
            Ok(answer) => answer.map_err(|error| oauth::token_endpoint_finding(&error)),
            Err(_) => Err(FindingCode::TokenEndpointTimeout.into()),
        };
        match answer {
            Err(finding) => recorder.end(step, Verdict::Warned, "", Some(finding)),
            Ok((status, headers)) => {
                let skew = date(&headers).map(|date| date - self.clock.now().0);
                if let Some(skew) = skew {
                    step.fact(FactName::ClockSkew, skew.to_string());
                }
                let finding = skew.filter(|skew| skew.abs() > MAX_SKEW).map(|skew| {
                    Finding::new(FindingCode::ClockSkew)
                        .with(FindingValue::Seconds, skew.to_string())
                });
                let verdict = match &finding {
                    Some(_) => Verdict::Warned,
                    None => Verdict::Passed,
                };
                recorder.end(step, verdict, &status.to_string(), finding);
            }
        }
    }

    /// Fetches a document that must exist.
    async fn fetch(&self, url: &str) -> Result<(HeaderMap, Vec<u8>), HttpError> {
        let request = http::Request::get(url)
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())?;
        let (parts, body) = self.http.send(request).await?.into_parts();
        if parts.status != StatusCode::OK {
            return Err(HttpError::Status(parts.status.as_u16()));
        }
        Ok((parts.headers, body))
    }

    /// Fetches a URL and accepts every status except an outage.
    async fn fetch_any(&self, url: &str) -> Result<(StatusCode, HeaderMap), HttpError> {
        let request = http::Request::get(url).body(Vec::new())?;
        match self.http.send(request).await {
            Ok(answer) => Ok((answer.status(), answer.headers().clone())),
            Err(HttpError::Status(status @ 300..400)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
                Ok((status, HeaderMap::new()))
            }
            Err(error) => Err(error),
        }
    }
}

/// Returns true if an endpoint is the published one. Microsoft accepts several names of a tenant
/// and publishes one.
fn is_same(own: &EndpointUrl, published: &str) -> bool {
    let Ok(published) = EndpointUrl::parse(published) else {
        return false;
    };
    let without_tenant = |url: &EndpointUrl| {
        let parts: Vec<_> = url.as_str().splitn(5, '/').map(str::to_owned).collect();
        let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
        (part(2), part(4))
    };
    *own == published
        || own.family() == ProviderFamily::Microsoft
            && without_tenant(own) == without_tenant(&published)
}

/// Returns the `Date` of a response (RFC 9110 §6.6.1) in Unix seconds.
fn date(headers: &HeaderMap) -> Option<i64> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_of_microsoft_has_several_names() {
        let url = |text: &str| EndpointUrl::parse(text).unwrap();
        let own = url("https://login.microsoftonline.com/example.com/oauth2/v2.0/token");
        let other = "https://login.microsoftonline.com/0f1e2d3c/oauth2/v2.0/token";
        assert!(is_same(&own, other));
        assert!(!is_same(
            &own,
            "https://login.microsoftonline.us/0f1e2d3c/oauth2/v2.0/token"
        ));
        let own = url("https://id.example.com/a/token");
        assert!(is_same(&own, "https://id.example.com/a/token"));
        assert!(!is_same(&own, "https://id.example.com/b/token"));
    }
}

//! ID token that names the account. It has the form of a signed token with a random signature,
//! because a client that gets it directly from the token endpoint need not check the signature
//! (`OpenID` Connect Core 1.0 §3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::descriptor::CLIENT_ID;
use crate::{clock, random};

pub(crate) fn make(issuer: &str, account: &str) -> String {
    let now = clock::unix_seconds();
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(json!({"alg": "RS256", "typ": "JWT", "kid": "sandbox"}));
    let claims = encode(json!({
        "iss": issuer,
        "aud": CLIENT_ID,
        "sub": account,
        "email": account,
        "email_verified": true,
        "preferred_username": account,
        "iat": now,
        "exp": now + 3600,
    }));
    let signature = random::text(342);
    format!("{header}.{claims}.{signature}")
}

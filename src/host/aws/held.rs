//! Credentials: found once, kept while they are good, and never shown.
#![expect(clippy::disallowed_methods, reason = "this is the edge: credentials expire by the clock")]

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::failure::told;
use super::trouble::{Sort, Trouble};
use crate::text::Mask;

/// How long it may take to find credentials, the asking of other services included.
const PATIENCE: Duration = Duration::from_secs(8);

/// Credentials that end within this are replaced before they are used.
const MARGIN: Duration = Duration::from_secs(30);

/// Secrets below this length are those of tests, and hiding them would hide half of every text.
const LEAST: usize = 16;

/// The credentials of a link, found when first needed, one search at a time.
#[derive(Clone)]
pub(super) struct Held {
    from: SharedCredentialsProvider,
    found: Arc<Mutex<Option<Credentials>>>,
}

impl Held {
    pub(super) fn new(from: SharedCredentialsProvider) -> Self {
        Self { from, found: Arc::default() }
    }

    /// Good credentials.
    async fn get(&self) -> Result<Credentials, CredentialsError> {
        let mut found = self.found.lock().await;
        let soon = SystemTime::now() + MARGIN;
        let is_good = |held: &Credentials| held.expiry().is_none_or(|end| end > soon);
        if let Some(good) = found.as_ref().filter(|held| is_good(held)) {
            return Ok(good.clone());
        }
        let new = timeout(PATIENCE, self.from.provide_credentials())
            .await
            .map_err(|_elapsed| CredentialsError::provider_timed_out(PATIENCE))??;
        Ok(found.insert(new).clone())
    }

    /// Good credentials, or what to do about it.
    pub(super) async fn credentials(&self, call: &str) -> Result<Credentials, Trouble> {
        self.get().await.map_err(|why| trouble(call, &why))
    }

    /// Hides the credentials in use: a service that finds fault with a signature quotes them.
    pub(super) async fn mask(&self) -> Mask {
        let found = self.found.lock().await;
        let texts = found.iter().flat_map(|held| {
            let token = held.session_token();
            [Some(held.secret_access_key()), token, Some(held.access_key_id())]
        });
        let secrets = texts.flatten().filter(|text| text.trim().chars().count() >= LEAST);
        Mask::new(secrets.map(|text| ("AWS", text))).unwrap_or_default()
    }
}

impl ProvideCredentials for Held {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.get())
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// What became of the search, and what a person can do.
fn trouble(call: &str, why: &CredentialsError) -> Trouble {
    let text = told(why);
    match why {
        // It names the profile that there is not, or that holds none.
        CredentialsError::CredentialsNotLoaded(_) if text.contains("rofile `") => {
            Trouble::new(call, Sort::NoCredentials, text)
        }
        CredentialsError::CredentialsNotLoaded(_) => Trouble::new(
            call,
            Sort::NoCredentials,
            "there are none in the environment, in a profile, or from this machine; log in \
             (`aws sso login`), set AWS_PROFILE, or name a `profile` in [aws]",
        ),
        CredentialsError::ProviderTimedOut(_) => Trouble::new(
            call,
            Sort::Network,
            format!("no credentials came within {} s", PATIENCE.as_secs()),
        ),
        CredentialsError::InvalidConfiguration(_) => Trouble::new(call, Sort::NoCredentials, text),
        _ => Trouble::new(call, sort(&text), text),
    }
}

/// What the words of a provider mean.
fn sort(text: &str) -> Sort {
    let is_code = |word: &&str| word.len() > 4 && word.starts_with(char::is_uppercase);
    let codes = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_code);
    let told = codes.map(|code| Sort::of(400, Some(code))).find(|sort| *sort != Sort::Refused);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match told {
        Some(sort) => sort,
        None if has(&["expired", "SSO token", "sso token"]) => Sort::Expired,
        None if has(&["timeout", "dispatch failure", "io error", "timed out"]) => Sort::Network,
        None => Sort::NoCredentials,
    }
}

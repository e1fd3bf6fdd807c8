//! Who asks: what AWS itself says of the credentials.

use tokio::time::Instant;

use super::failure::trouble;
use super::link::Link;
use super::patience::patiently;
use super::trouble::{Sort, Trouble};
use crate::check::cloud::Identity;

pub(super) const CALL: &str = "sts:GetCallerIdentity";

/// Asks AWS.
pub(super) async fn ask(link: &Link, end: Instant) -> Result<Identity, Trouble> {
    let said = patiently(CALL, end, async || {
        link.credentials(CALL).await?;
        let sent = link.sts.get_caller_identity().send().await;
        sent.map_err(|error| trouble(CALL, &error))
    })
    .await?;
    let account = said.account().unwrap_or_default();
    let arn = said.arn().unwrap_or_default();
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_account || !arn.starts_with("arn:") {
        let message = format!(
            "wanted an account of twelve digits and the principal's ARN, found {account:?} and {arn:?}"
        );
        return Err(Trouble::new(CALL, Sort::Unreadable, message));
    }
    Ok(Identity {
        account: account.to_owned(),
        arn: arn.to_owned(),
        region: link.region().to_owned(),
        endpoint: link.elsewhere(),
    })
}

//! The way to AWS: who asks, in which region, over which connections. Made when first needed.

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::service_config::ServiceConfigKey;
use tokio::sync::OnceCell;

use super::connector::{CONNECT, Connections, READ};
use super::held::Held;
use super::trouble::Trouble;
use crate::runbook;
use crate::text::Mask;
use crate::value::Name;

/// Where to ask and as whom, as the runbook has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The account that everything is about.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// The profile that credentials come from, instead of the usual places.
    pub profile: Option<String>,
    /// ARN of a role that is taken on before anything is asked.
    pub assume_role: Option<String>,
    /// What AWS is told of who took it on.
    pub session: String,
}

impl Target {
    /// Where the runbook's `[aws]` says, for this session.
    #[must_use]
    pub fn new(aws: &runbook::Aws, session: &Name) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            profile: aws.profile.clone(),
            assume_role: aws.assume_role.clone(),
            session: session.to_string(),
        }
    }

    /// The name of a session as AWS takes it.
    fn session_name(&self) -> String {
        const MOST: usize = 64;
        format!("holdpoint-{}", self.session).chars().take(MOST).collect()
    }
}

/// One way to AWS.
pub struct Link {
    region: String,
    connections: Connections,
    config: SdkConfig,
    held: Held,
    /// Whether its credentials are those of the account and principal that were asked for.
    pub(super) proven: OnceCell<()>,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Link {
    /// Reads the configuration. Asks nobody: credentials are found when they are needed.
    pub(super) async fn open(
        target: &Target,
        connections: Connections,
        given: Option<SharedCredentialsProvider>,
    ) -> Self {
        let region = Region::new(target.region.clone());
        let client = connections.client();
        let config = loader(target, region.clone()).http_client(client.clone()).load().await;
        let providers = ProviderConfig::without_region()
            .with_region(Some(region))
            .with_behavior_version(Some(VERSION()))
            .with_http_client(client)
            .with_retry_config(RetryConfig::standard())
            .with_timeout_config(timeouts());
        let found = match given {
            Some(given) => given,
            None => usual(target, &providers).await,
        };
        let found = match &target.assume_role {
            None => found,
            Some(role) => SharedCredentialsProvider::new(
                AssumeRoleProvider::builder(role)
                    .session_name(target.session_name())
                    .configure(&config)
                    .build_from_provider(found)
                    .await,
            ),
        };
        let held = Held::new(found);
        let config = config
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(held.clone()))
            .identity_cache(IdentityCache::no_cache())
            // Trying again is ours: within the check's time, and told.
            .retry_config(RetryConfig::disabled())
            .build();
        Self {
            region: target.region.clone(),
            connections,
            held,
            proven: OnceCell::new(),
            sts: aws_sdk_sts::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            config,
        }
    }

    /// The region that is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What carries requests.
    #[must_use]
    pub fn connector(&self) -> SharedHttpConnector {
        self.connections.far.clone()
    }

    /// Who asks.
    ///
    /// # Errors
    /// Where there are no good credentials, for the call that wants them.
    pub async fn credentials(&self, call: &str) -> Result<Credentials, Trouble> {
        self.held.credentials(call).await
    }

    /// Where a service is asked instead of AWS, if the environment or the profile says so. The
    /// service is named as its model does, `CloudWatch Logs`.
    #[must_use]
    pub fn endpoint(&self, service: &str) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        let own = self.config.service_config().and_then(|config| config.load_config(key));
        own.or_else(|| self.config.endpoint_url().map(ToOwned::to_owned))
    }

    /// Where AWS is not asked itself, if so: the first address that is set for any service.
    pub(super) fn elsewhere(&self) -> Option<String> {
        let set = || {
            let named = |(name, _): &(String, String)| name.starts_with("AWS_ENDPOINT_URL_");
            std::env::vars_os()
                .filter_map(|(name, url)| Some((name.into_string().ok()?, url.into_string().ok()?)))
                .filter(named)
                .find_map(|(_, url)| (!url.is_empty()).then_some(url))
        };
        let url = self.endpoint("STS").or_else(|| self.endpoint("CloudWatch")).or_else(set)?;
        Some(without_password(&url))
    }

    /// Hides the credentials.
    pub(super) async fn mask(&self) -> Mask {
        self.held.mask().await
    }
}

/// The behaviour of the SDK that this was written for.
const VERSION: fn() -> BehaviorVersion = BehaviorVersion::v2026_01_12;

fn loader(target: &Target, region: Region) -> ConfigLoader {
    let loader = aws_config::defaults(VERSION())
        .region(region)
        .timeout_config(timeouts())
        .retry_config(RetryConfig::standard())
        .app_name(AppName::new("holdpoint").expect("letters"))
        // Found by `usual`, below.
        .no_credentials();
    match &target.profile {
        None => loader,
        Some(profile) => loader.profile_name(profile),
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(READ).build()
}

/// Where credentials come from: a named profile, or the places where the SDKs look, in their
/// order. A named profile stands above keys in the environment.
async fn usual(target: &Target, config: &ProviderConfig) -> SharedCredentialsProvider {
    match &target.profile {
        Some(profile) => SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .configure(config)
                .profile_name(profile)
                .build(),
        ),
        None => SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder()
                .configure(config.clone())
                .region(Region::new(target.region.clone()))
                .build()
                .await,
        ),
    }
}

/// An address without the name and password that it may hold.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

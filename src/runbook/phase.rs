//! The eight phases, always all of them, always in this order.

use std::fmt;

use serde::Serialize;

/// A phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Know what is deployed, on what, and how to get back.
    PreDeploymentAnalysis,
    /// Branch, tests, configuration, backups.
    EnvironmentPreparation,
    /// Change what the application stands on.
    InfrastructureDeployment,
    /// Bring the application out.
    ApplicationDeployment,
    /// Show that it works, fast enough, safely, at the cost planned.
    ValidationAndTesting,
    /// See trouble before users do.
    MonitoringSetup,
    /// Show that there is a way back.
    RollbackPreparation,
    /// Tell, watch, report, tidy up.
    PostDeployment,
}

impl Phase {
    /// All eight, in order.
    pub const ALL: [Self; 8] = [
        Self::PreDeploymentAnalysis,
        Self::EnvironmentPreparation,
        Self::InfrastructureDeployment,
        Self::ApplicationDeployment,
        Self::ValidationAndTesting,
        Self::MonitoringSetup,
        Self::RollbackPreparation,
        Self::PostDeployment,
    ];

    /// The one after it; none after the eighth.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.index() + 1).copied()
    }

    /// 0 to 7.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// 1 to 8, as people count.
    #[must_use]
    pub fn number(self) -> usize {
        self.index() + 1
    }

    /// The name that a runbook must give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PreDeploymentAnalysis => "Pre-Deployment Analysis",
            Self::EnvironmentPreparation => "Environment Preparation",
            Self::InfrastructureDeployment => "Infrastructure Deployment",
            Self::ApplicationDeployment => "Application Deployment",
            Self::ValidationAndTesting => "Validation & Testing",
            Self::MonitoringSetup => "Monitoring Setup",
            Self::RollbackPreparation => "Rollback Preparation",
            Self::PostDeployment => "Post-Deployment",
        }
    }

    /// The phase of that number, 1 to 8.
    #[must_use]
    pub fn of_number(number: usize) -> Option<Self> {
        number.checked_sub(1).and_then(|index| Self::ALL.get(index)).copied()
    }

    /// The journal section that its summary fills where the runbook does not say.
    #[must_use]
    pub fn default_journal_section(self) -> Option<&'static str> {
        match self {
            Self::PreDeploymentAnalysis => Some("Deployment Plan"),
            Self::InfrastructureDeployment => Some("Infrastructure Changes"),
            Self::ApplicationDeployment => Some("Application Deployment"),
            Self::ValidationAndTesting => Some("Validation Results"),
            Self::EnvironmentPreparation
            | Self::MonitoringSetup
            | Self::RollbackPreparation
            | Self::PostDeployment => None,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.name())
    }
}

//! holdpoint takes an engineer through a risky deployment, phase by phase.


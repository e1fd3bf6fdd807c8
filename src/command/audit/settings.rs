//! How an audit judges: what `holdpoint.toml` says, and what the command line says above it.

use std::path::{Path, PathBuf};

use super::super::Failure;
use crate::audit::{Level, Settings, Wishes};
use crate::cli::Audit;
use crate::engine::Clock as _;
use crate::host::identity::WallClock;
use crate::host::{folder, programs};
use crate::report::unclear_settings;

/// The name that is looked for.
const NAME: &str = "holdpoint.toml";
/// The most of it that is read.
const MOST: u64 = 1 << 20;

/// The settings, and the level from which on findings are too much.
pub(super) fn settings(options: &Audit) -> Result<(Settings, Level), Failure> {
    let wishes = match options.config.clone().map(Ok).or_else(|| nearest().transpose()) {
        Some(path) => read(&path?)?,
        None => Wishes::default(),
    };
    let deny = options.deny.map(Level::from).or(wishes.deny).unwrap_or(Level::Error);
    let settings = Settings {
        levels: wishes.levels,
        today: WallClock.now().date(),
        programs: programs::on_path(),
    };
    Ok((settings, deny))
}

/// The nearest one from here upwards.
fn nearest() -> Result<Option<PathBuf>, Failure> {
    let here = folder::here().map_err(|error| Failure::file("find", Path::new("."), &error))?;
    // As a person would write it, where it is here.
    let short = |path: PathBuf| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path);
    let mut above = here.ancestors().map(|folder| folder.join(NAME));
    Ok(above.find(|path| folder::exists(path)).map(short))
}

fn read(path: &Path) -> Result<Wishes, Failure> {
    let name = path.display().to_string();
    let bytes = folder::read(path, MOST).map_err(|error| {
        Failure::usage(format!("cannot read the settings `{name}`: {error}"))
            .help("name a file with --config, or mend this one")
    })?;
    Wishes::from_bytes(&name, &bytes)
        .map_err(|unclear| Failure::shown(unclear_settings(&unclear, Failure::style())))
}

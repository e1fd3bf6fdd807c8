//! A Python virtual environment with the local AWS servers, made once for each set of versions.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

/// Every version of every package.
const PINNED: &str = include_str!("../../aws/requirements.txt");
const NEEDS: &str = "The AWS suites run real AWS servers on loopback, which are Python packages. \
    They need Python 3.11 or newer with its venv module (on Debian: apt-get install python3 \
    python3-venv), and, the first time, a package index that pip reaches (PyPI, or PIP_INDEX_URL)";

/// The scripts that the environment runs.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws").join(name)
}

/// The environment's Python, made now if there is none yet.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let version = version();
        let digest = Sha256::digest(format!("{version}\n{PINNED}"));
        let name: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("aws-servers-{name}"));
        // Whole only when it says so, and made by one test program while others wait.
        let lock = File::create(home.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let whole = home.join("whole");
        if !whole.exists() {
            make(&home);
            File::create(whole).unwrap();
        }
        home.join("bin/python")
    })
}

/// The version of this machine's Python, which must be able to make an environment.
fn version() -> String {
    let asks = "import sys, venv, ensurepip\nassert sys.version_info >= (3, 11), sys.version\n\
                print(sys.version)";
    did("python3", &["-c", asks], Path::new("/"))
}

fn make(home: &Path) {
    if home.exists() {
        fs::remove_dir_all(home).unwrap();
    }
    let at = home.to_str().expect("a path that is text");
    did("python3", &["-m", "venv", at], Path::new("/"));
    let pinned = script("requirements.txt");
    let mut pip = vec!["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    pip.extend(["--no-deps", "--only-binary=:all:", "--requirement", pinned.to_str().unwrap()]);
    did("bin/python", &pip, home);
}

/// What a program printed; it must succeed.
fn did(program: &str, arguments: &[&str], home: &Path) -> String {
    let path = if program.contains('/') { home.join(program) } else { program.into() };
    let ran = Command::new(&path).args(arguments).stdin(Stdio::null()).output();
    let ran = ran.unwrap_or_else(|why| panic!("{NEEDS}. {program} cannot be started: {why}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&ran.stderr);
    let what = format!("{program} {}", arguments.join(" "));
    assert!(ran.status.success(), "{NEEDS}. `{what}` said:\n{}{said}", text(&ran.stdout));
    text(&ran.stdout)
}

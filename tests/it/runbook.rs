//! Runbooks are read whole, or every problem is told: the documents, the planted errors, the
//! agreement with the JSON Schema, and hostile files.

use holdpoint::check::Claim;
use holdpoint::runbook::{PROBLEMS, Proof, Runbook, schema};

#[path = "runbook/bad_days.rs"]
mod bad_days;
#[path = "runbook/hostile.rs"]
mod hostile;
#[path = "runbook/pieces.rs"]
pub mod pieces;
#[path = "runbook/planted.rs"]
mod planted;
#[path = "runbook/rendered.rs"]
mod rendered;

use pieces::{Piece, blocks, codes, whole};

fn document(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR")))
        .expect("a file of the project")
}

#[test]
fn every_example_of_the_format_is_a_runbook() {
    let text = document("docs/format.md");
    let blocks = blocks(&text);
    assert!(blocks.len() > 15, "the document has lost its examples");
    for block in &blocks {
        let runbook = whole(block);
        if let Err(problems) = Runbook::parse("docs/format.md", &runbook) {
            panic!("{}\n{}", block.text, problems.show(holdpoint::runbook::Style::Plain));
        }
        assert_eq!(pieces::schema_errors(&runbook), Vec::<String>::new(), "{}", block.text);
    }
}

#[test]
fn every_code_is_explained_with_a_bad_and_a_good_example() {
    let text = document("docs/problems.md");
    let sections: Vec<&str> = text.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), PROBLEMS.len(), "one section for each code");
    for (section, (code, meaning, mend)) in sections.iter().zip(PROBLEMS) {
        let (title, body) = section.split_once('\n').unwrap();
        assert_eq!(title, *code);
        let sentence = format!("{}{}.", meaning[..1].to_uppercase(), &meaning[1..]);
        assert!(body.contains(&sentence), "{code} must say: {sentence}");
        assert!(body.contains(&format!("To mend it: {mend}.")), "{code} must say: {mend}");
        let blocks = blocks(body);
        if pieces::NOT_SHOWN.contains(code) {
            assert!(blocks.is_empty(), "{code} is in `NOT_SHOWN` and has examples");
            continue;
        }
        let [bad, good] = blocks.as_slice() else {
            panic!("{code} needs a bad and a good example")
        };
        assert!(bad.marks.contains(&"bad") && good.marks.contains(&"good"), "{code}");
        assert_eq!(codes(&whole(bad)), [*code], "{}", bad.text);
        assert_eq!(codes(&whole(good)), Vec::<String>::new(), "{}", good.text);
        assert_eq!(pieces::schema_errors(&whole(good)), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let text = document("docs/problems.md");
    for section in text.split("\n## ").skip(1) {
        let code = &section[..5];
        let Some(bad) = blocks(section).into_iter().find(|block| block.marks.contains(&"bad"))
        else {
            continue;
        };
        let refused = !pieces::schema_errors(&whole(&bad)).is_empty();
        match pieces::BEYOND_A_SCHEMA.iter().find(|(beyond, _)| *beyond == code) {
            Some((_, why)) => assert!(!refused, "{code} is refused after all; not beyond: {why}"),
            None => assert!(refused, "{code} passes the schema:\n{}", bad.text),
        }
    }
}

#[test]
fn the_schema_is_one_that_editors_explain() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let text = schema.to_string();
    for word in ["\"oneOf\"", "\"x-", "\"null\""] {
        assert!(!text.contains(word), "{word}");
    }
    jsonschema::meta::validate(&schema).unwrap();
}

#[test]
fn reads_everything_into_the_model() {
    let runbook = Runbook::parse("full", &document("tests/cases/problems/none.toml")).unwrap();
    let phase = |number: usize| &runbook.phases[number - 1];
    let ids = |number: usize| -> Vec<&str> {
        phase(number).steps.iter().map(|step| step.id.as_str()).collect()
    };
    assert_eq!(
        runbook.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(),
        ["version", "previous", "host", "token", "level"]
    );
    assert_eq!(runbook.prerequisites[0].id.as_str(), "prerequisite.1");
    assert_eq!(runbook.prerequisites[0].title, "The registry can be reached");
    let aws = runbook.aws.as_ref().unwrap();
    assert_eq!((aws.account.as_str(), aws.region.as_str()), ("123456789012", "eu-west-1"));
    assert_eq!((aws.role.as_deref(), aws.profile.as_deref()), (Some("deployer"), Some("shop")));
    assert!(aws.assume_role.as_ref().unwrap().ends_with(":role/ops/deployer"));
    let Claim::AwsIdentity(identity) = &runbook.prerequisites[1].checks[0].claim else { panic!() };
    let said = [&identity.account, &identity.region, &identity.role].map(Option::as_deref);
    assert_eq!(said, [Some("123456789012"), Some("eu-west-1"), Some("deployer")]);
    assert_eq!(ids(4), ["stop", "roll-out", "tidy-up", "settle", "watch", "exit.4.2"]);
    assert_eq!(phase(4).fills.as_deref(), Some("Application Deployment"));
    assert_eq!(phase(1).criteria[0].proof, Proof::Steps(vec!["scope".parse().unwrap()]));
    assert_eq!(phase(4).criteria[1].proof, Proof::Steps(vec!["exit.4.2".parse().unwrap()]));
    assert!(matches!(phase(4).criteria[2].proof, Proof::Attested(_)));
    let roll_out = &phase(4).steps[1];
    assert_eq!(roll_out.retry.attempts, 3);
    assert_eq!(roll_out.checks.len(), 2);
    assert!(roll_out.undo.is_some() && roll_out.probe.is_some() && roll_out.leaves_running);
    assert_eq!(roll_out.when.as_ref().unwrap().is, ["full", "code"]);
    assert_eq!(roll_out.timeout.to_string(), "20m");
    assert_eq!(phase(4).gate.expires.unwrap().to_string(), "4h");
    assert_eq!(runbook.rollback.steps[0].id.as_str(), "old-answers");
    assert_eq!(phase(8).skip.as_deref(), Some("Nobody has to be told"));
    assert!(runbook.step(&"exit.4.2".parse().unwrap()).unwrap().is_read_only());
    assert_eq!(runbook.source.digest, holdpoint::value::Digest::of(runbook.source.text.as_bytes()));
}

#[test]
fn pieces_can_be_wrapped() {
    let piece = Piece { marks: vec!["fragment", "step"], text: "run = [\"true\"]".to_owned() };
    assert_eq!(codes(&whole(&piece)), Vec::<String>::new());
}

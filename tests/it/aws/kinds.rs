//! Each kind against a real server, with lies in between: what a person sees, word by word, and
//! that the calls made are the actions that its policy lists.

use super::cases::play;

#[test]
fn alarm() {
    play("alarm.toml");
}

#[test]
fn dashboard() {
    play("dashboard.toml");
}

#[test]
fn lambda() {
    play("lambda.toml");
}

#[test]
fn identity() {
    play("identity.toml");
}

#[test]
fn resource() {
    play("resource.toml");
}

#[test]
fn api() {
    play("api.toml");
}

#[test]
fn stack() {
    play("stack.toml");
}

#[test]
fn ecs() {
    play("ecs.toml");
}

#[test]
fn metric() {
    play("metric.toml");
}

#[test]
fn logs() {
    play("logs.toml");
}

#[test]
fn access() {
    play("access.toml");
}

#[test]
fn cost() {
    play("cost.toml");
}

#[test]
fn services() {
    play("services.toml");
}

//! The program, run on small packages.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{fs, path::Path, process::Command};

/// Writes a package with these files in `src/` and checks it. Returns the exit code and the output,
/// with paths that begin at `src/`.
fn check(files: &[(&str, &str)]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    for (name, source) in files {
        let file = folder.path().join("src").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, source).unwrap();
    }
    run(folder.path())
}

fn run(folder: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_import-circles"))
        .arg(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    let text = text.replace(&format!("{}/", folder.display()), "");
    (output.status.code().unwrap(), text)
}

#[track_caller]
fn assert_circle(files: &[(&str, &str)], report: &str) {
    assert_eq!(check(files), (1, report.to_owned()));
}

#[track_caller]
fn assert_none(files: &[(&str, &str)]) {
    let report = format!("no import circles between {} Rust files\n", files.len());
    assert_eq!(check(files), (0, report));
}

#[test]
fn prints_a_circle_of_two_files_with_the_line_of_each_import() {
    assert_circle(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B;\npub struct A(B);"),
            ("b.rs", "\npub struct B(Box<crate::a::A>);"),
        ],
        "2 files import each other in a circle. The shortest:\n  \
           src/a.rs:1 uses crate::b::B of src/b.rs\n  \
           src/b.rs:2 uses crate::a::A of src/a.rs\n",
    );
}

#[test]
fn prints_a_circle_of_three_files() {
    assert_circle(
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b; pub struct A(b::B);"),
            ("b.rs", "use crate::c::{C}; pub struct B(Vec<C>);"),
            ("c.rs", "pub fn c(_: crate::a::A) {} pub struct C;"),
        ],
        "3 files import each other in a circle. The shortest:\n  \
           src/a.rs:1 uses b::B of src/b.rs\n  \
           src/b.rs:1 uses crate::c::C of src/c.rs\n  \
           src/c.rs:1 uses crate::a::A of src/a.rs\n",
    );
}

#[test]
fn lists_all_files_when_the_shortest_circle_is_only_a_part() {
    let (code, report) = check(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::{b::B, c::C}; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
        ("c.rs", "use crate::b::B; pub struct C;"),
    ]);
    assert_eq!(code, 1);
    assert!(report.starts_with("3 files import each other"), "{report}");
    let list = "All files of the circle:\n  src/a.rs\n  src/b.rs\n  src/c.rs\n";
    assert!(report.ends_with(list), "{report}");
}

#[test]
fn follows_re_exports_to_the_file_that_defines_the_item() {
    assert_circle(
        &[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("a.rs", "use crate::B as Other; pub struct A(Other);"),
            ("b.rs", "pub struct B(Box<crate::A>);"),
        ],
        "2 files import each other in a circle. The shortest:\n  \
           src/a.rs:1 uses crate::B of src/b.rs\n  \
           src/b.rs:1 uses crate::A of src/a.rs\n",
    );
}

#[test]
fn finds_a_child_that_uses_what_its_parent_defines_and_a_parent_that_uses_the_child() {
    for using in [
        "use child::Child;",
        "pub use child::Child;",
        "fn f(_: child::Child) {}",
    ] {
        let parent = format!("mod child;\n{using}\npub struct Parent;");
        let (code, report) = check(&[
            ("lib.rs", "mod parent;"),
            ("parent/mod.rs", &parent),
            ("parent/child.rs", "use super::*; pub struct Child(Parent);"),
        ]);
        assert_eq!(code, 1, "{using}: {report}");
        assert!(
            report.contains(
                "  src/parent/child.rs:1 uses super of src/parent/mod.rs\n  \
                   src/parent/mod.rs:2 uses child::Child of src/parent/child.rs\n"
            ),
            "{using}: {report}"
        );
    }
}

#[test]
fn accepts_a_parent_that_only_declares_and_re_exports() {
    assert_none(&[
        ("lib.rs", "mod parent; pub use parent::Child;"),
        (
            "parent/mod.rs",
            "mod child; mod other; pub use child::Child;",
        ),
        (
            "parent/child.rs",
            "use super::other::Other; pub struct Child(Other);",
        ),
        ("parent/other.rs", "pub struct Other;"),
    ]);
}

#[test]
fn accepts_a_child_that_uses_its_parent_when_the_parent_only_declares_it() {
    assert_none(&[
        ("main.rs", "mod child; pub struct Parent; fn main() {}"),
        ("child.rs", "use super::Parent; pub struct Child(Parent);"),
    ]);
}

#[test]
fn finds_paths_in_macros_attributes_and_function_bodies() {
    for back in [
        r#"fn f() { println!("{}", crate::a::A); }"#,
        r#"#[derive(Deserialize)] #[serde(from = "crate::a::A")] struct S;"#,
        "fn f() { use crate::a::A; }",
        "macro_rules! m { () => { $crate::a::A } }",
        "impl Into<crate::a::A> for B {}",
        "fn f() { let crate::a::A = 1 else { return }; }",
        "mod inner { fn f() { super::super::a::A; } }",
        "use crate::{self as root}; fn f() { root::a::A; }",
    ] {
        let (code, report) = check(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", &format!("pub struct B; {back}")),
        ]);
        assert_eq!(code, 1, "{back}: {report}");
    }
}

#[test]
fn ignores_tests_comments_strings_and_other_crates() {
    for back in [
        "#[cfg(test)] mod tests { use crate::a::A; }",
        "#[cfg(all(test, unix))] use crate::a::A;",
        "#[cfg(test)] fn f() { crate::a::A; }",
        "impl B { #[cfg(test)] fn f() { crate::a::A; } }",
        "/// See [`crate::a::A`].\nfn f() {} // crate::a::A",
        r#"fn f() -> &'static str { "use crate::a::A;" }"#,
        "use ::a::A; use other::a::A as B2;",
        "use crate::a; pub(in crate::a) fn f() {}",
    ] {
        let (code, report) = check(&[
            ("lib.rs", "pub mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", &format!("pub struct B; {back}")),
        ]);
        assert_eq!(code, 0, "{back}: {report}");
    }
}

#[test]
fn counts_code_that_is_not_only_for_tests() {
    for condition in [
        "not(test)",
        "any(test, feature = \"x\")",
        "feature = \"test\"",
    ] {
        let (code, report) = check(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            (
                "b.rs",
                &format!("#[cfg({condition})] use crate::a::A; pub struct B;"),
            ),
        ]);
        assert_eq!(code, 1, "{condition}: {report}");
    }
}

#[test]
fn ends_when_globs_refer_to_each_other() {
    assert_none(&[
        ("lib.rs", "mod a; mod b; fn f() { a::missing(); }"),
        ("a.rs", "pub use crate::b::*;"),
        ("b.rs", "pub use crate::a::*;"),
    ]);
}

#[test]
fn fails_with_2_when_it_cannot_read_a_package() {
    let empty = tempfile::tempdir().unwrap();
    let (code, report) = run(empty.path());
    assert_eq!(code, 2);
    assert!(report.contains("no Rust package"), "{report}");
    for (source, message) in [("mod missing;", "missing"), ("fn {", "src/lib.rs")] {
        let (code, report) = check(&[("lib.rs", source)]);
        assert_eq!(code, 2, "{report}");
        assert!(report.contains(message), "{report}");
    }
}

//! Circles in the imports of a crate.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    path::{Path, PathBuf},
};

use crate::imports::Imports;

/// A group of files each of which leads to every other, and the shortest circle among them.
#[derive(Debug, PartialEq)]
pub(crate) struct Circle {
    files: BTreeSet<PathBuf>,
    shortest: Vec<Step>,
}

/// One import of a circle.
#[derive(Debug, PartialEq)]
struct Step {
    file: PathBuf,
    line: usize,
    path: String,
}

pub(crate) fn find(imports: &Imports) -> Vec<Circle> {
    let reachable: BTreeMap<&Path, BTreeMap<&Path, &Path>> = imports
        .keys()
        .map(|file| (file.as_path(), reachable_from(imports, file)))
        .collect();
    let mut circles: Vec<Circle> = Vec::new();
    for (file, reached) in &reachable {
        let is_known = circles.iter().any(|circle| circle.files.contains(*file));
        if is_known || !reached.contains_key(file) {
            continue;
        }
        let leads_back = |other: &&Path| {
            reachable
                .get(other)
                .is_some_and(|reached| reached.contains_key(file))
        };
        let members: BTreeSet<PathBuf> = reached
            .keys()
            .copied()
            .filter(leads_back)
            .map(Path::to_path_buf)
            .collect();
        let shortest = members
            .iter()
            .map(|member| circle_through(imports, member, &reachable[member.as_path()]))
            .min_by_key(Vec::len)
            .unwrap_or_default();
        circles.push(Circle {
            files: members,
            shortest,
        });
    }
    circles
}

/// The files that imports lead to, each with the file before it on a shortest way. `start` is among
/// them if a way leads back to it.
fn reachable_from<'a>(imports: &'a Imports, start: &'a Path) -> BTreeMap<&'a Path, &'a Path> {
    let mut before = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if !before.contains_key(next.as_path()) {
                before.insert(next.as_path(), file);
                queue.push_back(next);
            }
        }
    }
    before
}

fn circle_through(imports: &Imports, start: &Path, before: &BTreeMap<&Path, &Path>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut to = start;
    loop {
        let from = before[to];
        let reference = &imports[from][to];
        steps.push(Step {
            file: from.to_owned(),
            line: reference.line,
            path: reference.path.join("::"),
        });
        to = from;
        if to == start {
            steps.reverse();
            return steps;
        }
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.files.len();
        writeln!(
            out,
            "{count} files import each other in a circle. The shortest:"
        )?;
        for (index, step) in self.shortest.iter().enumerate() {
            let next = &self.shortest[(index + 1) % self.shortest.len()].file;
            let (file, line) = (step.file.display(), step.line);
            let (path, next) = (&step.path, next.display());
            writeln!(out, "  {file}:{line} uses {path} of {next}")?;
        }
        if count > self.shortest.len() {
            writeln!(out, "All files of the circle:")?;
            for file in &self.files {
                writeln!(out, "  {}", file.display())?;
            }
        }
        Ok(())
    }
}

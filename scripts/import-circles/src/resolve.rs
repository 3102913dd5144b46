//! From a path to where it leads: through modules, imports and re-exports.

use crate::{
    module_tree::{FileId, ModuleId, ModuleTree},
    references::Imported,
};

/// What a path leads to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Target {
    Module(ModuleId),
    /// An item, by the file that defines it.
    Item(FileId),
}

/// Re-exports may refer to each other (`pub use a::*` in `b`, `pub use b::*` in `a`): the search stops
/// after so many steps, far more than any real path takes.
const MAX_STEPS: u32 = 16;

/// Finds what a path in a module refers to. A path to another crate leads to nothing; one to a name
/// that is a module and a function leads to two targets.
pub(crate) fn resolve(tree: &ModuleTree, from: ModuleId, path: &[String]) -> Vec<Target> {
    Search { tree }.path(from, path, MAX_STEPS)
}

struct Search<'a> {
    tree: &'a ModuleTree,
}

impl Search<'_> {
    fn path(&self, from: ModuleId, path: &[String], steps: u32) -> Vec<Target> {
        let (mut module, mut rest) = (from, path);
        while let Some((first, more)) = rest.split_first() {
            module = match first.as_str() {
                "crate" => 0,
                "self" => module,
                "super" => match self.tree.modules[module].parent {
                    Some(parent) => parent,
                    None => return Vec::new(),
                },
                _ => break,
            };
            rest = more;
        }
        self.walk(module, rest, steps)
    }

    fn walk(&self, module: ModuleId, path: &[String], steps: u32) -> Vec<Target> {
        let Some((name, rest)) = path.split_first() else {
            return vec![Target::Module(module)];
        };
        let mut targets = Vec::new();
        for target in self.name(module, name, steps) {
            let found = match target {
                _ if rest.is_empty() => vec![target],
                Target::Module(next) => self.walk(next, rest, steps),
                // The rest names a variant, a method, a constant.
                Target::Item(_) => vec![target],
            };
            targets.extend(found);
        }
        targets
    }

    /// What a name means in a module: its own items and imports come before those of globs.
    fn name(&self, id: ModuleId, name: &str, steps: u32) -> Vec<Target> {
        let Some(steps) = steps.checked_sub(1) else {
            return Vec::new();
        };
        let module = &self.tree.modules[id];
        let mut targets = Vec::new();
        if let Some(child) = module.children.get(name) {
            targets.push(Target::Module(*child));
        }
        if module.items.contains(name) {
            targets.push(Target::Item(module.file));
        }
        for import in &module.uses {
            match &import.imported {
                // `use name::name` refers to another `name` than the one it brings into scope.
                Imported::Name(imported)
                    if imported == name && import.reference.path[0] != name =>
                {
                    targets.extend(self.path(id, &import.reference.path, steps));
                }
                Imported::Name(imported) if imported == name => {
                    if let Some(child) = module.children.get(name) {
                        targets.extend(self.walk(*child, &import.reference.path[1..], steps));
                    }
                }
                _ => {}
            }
        }
        if targets.is_empty() {
            for import in &module.uses {
                if matches!(import.imported, Imported::Everything)
                    && import.reference.path[0] != name
                {
                    for target in self.path(id, &import.reference.path, steps) {
                        if let Target::Module(inner) = target {
                            targets.extend(self.name(inner, name, steps));
                        }
                    }
                }
            }
        }
        targets
    }
}

//! Which file imports which.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
};

use crate::{
    module_tree::{FileId, ModuleId, ModuleTree},
    references::{Imported, Reference},
    resolve::{Target, resolve},
};

/// For each file the files it imports, each with the first path that does so.
pub(crate) type Imports = BTreeMap<PathBuf, BTreeMap<PathBuf, Reference>>;

pub(crate) fn between_files(tree: &ModuleTree) -> Imports {
    let mut imports: Imports = BTreeMap::new();
    for (id, module) in tree.modules.iter().enumerate() {
        let mut add = |file: FileId, reference: &Reference| {
            if file != module.file {
                imports
                    .entry(tree.files[module.file].clone())
                    .or_default()
                    .entry(tree.files[file].clone())
                    .or_insert_with(|| reference.clone());
            }
        };
        for import in &module.uses {
            for target in resolve(tree, id, &import.reference.path) {
                match (target, &import.imported) {
                    (Target::Item(file), _) => add(file, &import.reference),
                    (Target::Module(imported), Imported::Everything) => {
                        for file in offered_by(tree, imported) {
                            add(file, &import.reference);
                        }
                    }
                    (Target::Module(_), Imported::Name(_)) => {}
                }
            }
        }
        for reference in &module.references {
            for target in resolve(tree, id, &reference.path) {
                if let Target::Item(file) = target {
                    add(file, reference);
                }
            }
        }
    }
    imports
}

/// The files that define what `use module::*` brings into scope.
fn offered_by(tree: &ModuleTree, module: ModuleId) -> HashSet<FileId> {
    let mut files = HashSet::new();
    let (mut seen, mut todo) = (HashSet::new(), vec![module]);
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        let module = &tree.modules[id];
        if !module.items.is_empty() {
            files.insert(module.file);
        }
        for import in module.uses.iter().filter(|import| import.is_re_export) {
            for target in resolve(tree, id, &import.reference.path) {
                match (target, &import.imported) {
                    (Target::Item(file), _) => {
                        files.insert(file);
                    }
                    (Target::Module(inner), Imported::Everything) => todo.push(inner),
                    (Target::Module(_), Imported::Name(_)) => {}
                }
            }
        }
    }
    files
}

//! The modules of a crate: the file of each, the items it defines, and what its code refers to.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

use crate::references::{self, Reference, Use};

/// A module, by its place in [`ModuleTree::modules`].
pub(crate) type ModuleId = usize;
/// A file, by its place in [`ModuleTree::files`].
pub(crate) type FileId = usize;

/// All modules of a crate without those of tests. The first one is the root.
#[derive(Default)]
pub(crate) struct ModuleTree {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) modules: Vec<Module>,
}

pub(crate) struct Module {
    pub(crate) file: FileId,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: HashMap<String, ModuleId>,
    /// The names of the items defined here, apart from modules.
    pub(crate) items: HashSet<String>,
    pub(crate) uses: Vec<Use>,
    /// All paths of at least two segments, apart from those in `uses`.
    pub(crate) references: Vec<Reference>,
}

impl ModuleTree {
    /// Reads a crate, starting at its root file.
    ///
    /// # Errors
    /// When a file is missing or is not valid Rust.
    pub(crate) fn load(root: &Path) -> Result<Self, String> {
        let mut tree = Self::default();
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        tree.load_file(root, None, &folder)?;
        Ok(tree)
    }

    /// Reads the module that is the file at `path`; the files of its children are in `folder`.
    fn load_file(
        &mut self,
        path: &Path,
        parent: Option<ModuleId>,
        folder: &Path,
    ) -> Result<ModuleId, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let source = fs::read_to_string(path).map_err(|error| failed(&error))?;
        let parsed = syn::parse_file(&source).map_err(|error| failed(&error))?;
        self.files.push(path.to_owned());
        self.load_module(self.files.len() - 1, parent, &parsed.items, folder)
    }

    fn load_module(
        &mut self,
        file: FileId,
        parent: Option<ModuleId>,
        items: &[Item],
        folder: &Path,
    ) -> Result<ModuleId, String> {
        let id = self.modules.len();
        let code = references::collect(items);
        self.modules.push(Module {
            file,
            parent,
            children: HashMap::new(),
            items: code.items,
            uses: code.uses,
            references: code.references,
        });
        for item in items {
            if let Item::Mod(declaration) = item
                && !references::is_only_for_tests(&declaration.attrs)
            {
                let child = self.load_child(declaration, id, folder)?;
                let name = declaration.ident.to_string();
                self.modules[id].children.insert(name, child);
            }
        }
        Ok(id)
    }

    fn load_child(
        &mut self,
        declaration: &ItemMod,
        parent: ModuleId,
        folder: &Path,
    ) -> Result<ModuleId, String> {
        let name = declaration.ident.to_string();
        let name = name.trim_start_matches("r#");
        let inner = folder.join(name);
        let file = self.modules[parent].file;
        if let Some((_, items)) = &declaration.content {
            return self.load_module(file, Some(parent), items, &inner);
        }
        if let Some(chosen) = chosen_path(&declaration.attrs) {
            let path = self.files[file].with_file_name(chosen);
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            return self.load_file(&path, Some(parent), &folder);
        }
        let flat = folder.join(format!("{name}.rs"));
        let path = if flat.is_file() {
            flat
        } else {
            inner.join("mod.rs")
        };
        self.load_file(&path, Some(parent), &inner)
    }
}

/// The value of `#[path = "…"]`.
fn chosen_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            Expr::Lit(value) if pair.path.is_ident("path") => match &value.lit {
                Lit::Str(path) => Some(path.value()),
                _ => None,
            },
            _ => None,
        }
    })
}

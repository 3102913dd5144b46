//! What the code of one module defines and refers to, as it is written: nothing is resolved here.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Field, ImplItem, Item, ItemUse, Local, Macro, Path, TraitItem, UseTree, Variant,
    VisRestricted, Visibility,
    ext::IdentExt,
    spanned::Spanned,
    visit::{self, Visit},
};

/// A path in the code.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) path: Vec<String>,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// One name that a `use` declaration brings into scope.
pub(crate) struct Use {
    pub(crate) imported: Imported,
    pub(crate) reference: Reference,
    pub(crate) is_re_export: bool,
}

pub(crate) enum Imported {
    /// One item, under this name.
    Name(String),
    /// All items of the module or enum (`use a::*`).
    Everything,
}

#[derive(Default)]
pub(crate) struct Code {
    pub(crate) items: HashSet<String>,
    pub(crate) uses: Vec<Use>,
    pub(crate) references: Vec<Reference>,
}

/// Reads the items of a module, without those of its child modules and of tests.
pub(crate) fn collect(items: &[Item]) -> Code {
    let mut code = Code::default();
    for item in items {
        if !is_only_for_tests(attributes(item)) {
            code.items.extend(name(item));
        }
        code.visit_item(item);
    }
    code
}

/// Whether `#[cfg(test)]`, or an `all` with it, is among these attributes.
pub(crate) fn is_only_for_tests(attributes: &[Attribute]) -> bool {
    fn requires_test(condition: TokenStream) -> bool {
        let mut tokens = condition.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let TokenTree::Ident(word) = token else {
                continue;
            };
            if word == "test" {
                return true;
            }
            if let Some(TokenTree::Group(group)) = tokens.peek()
                && word == "all"
                && requires_test(group.stream())
            {
                return true;
            }
        }
        false
    }
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute
                    .meta
                    .require_list()
                    .is_ok_and(|list| requires_test(list.tokens.clone()))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.unraw().to_string())
}

impl Code {
    fn add(&mut self, path: Vec<String>, line: usize) {
        // A single name refers to this module, or to what a `use` brought into scope, which counts.
        if path.len() > 1 {
            self.references.push(Reference { path, line });
        }
    }

    fn add_use(&mut self, tree: &UseTree, mut path: Vec<String>, is_re_export: bool) {
        let line = tree.span().start().line;
        let imported = match tree {
            UseTree::Path(step) => {
                path.push(step.ident.unraw().to_string());
                return self.add_use(&step.tree, path, is_re_export);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, path.clone(), is_re_export);
                }
                return;
            }
            UseTree::Glob(_) => Imported::Everything,
            UseTree::Name(name) if name.ident == "self" => {
                Imported::Name(path.last().cloned().unwrap_or_default())
            }
            UseTree::Name(name) => {
                path.push(name.ident.unraw().to_string());
                Imported::Name(name.ident.unraw().to_string())
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    path.push(rename.ident.unraw().to_string());
                }
                Imported::Name(rename.rename.unraw().to_string())
            }
        };
        self.uses.push(Use {
            imported,
            reference: Reference { path, line },
            is_re_export,
        });
    }

    /// Finds paths in the tokens of a macro call or an attribute, which may follow any grammar.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path), line);
                        line = word.span().start().line;
                    }
                    path.push(word.unraw().to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.add(std::mem::take(&mut path), line);
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        TokenTree::Literal(literal) => self.add_literal(&literal),
                        _ => {}
                    }
                }
            }
        }
        self.add(path, line);
    }

    /// Serde's attributes name functions and types in strings: `#[serde(with = "crate::time")]`.
    fn add_literal(&mut self, literal: &proc_macro2::Literal) {
        let text = literal.to_string();
        if let Ok(path) = syn::parse_str::<Path>(text.trim_matches('"')) {
            self.add(segments(&path), literal.span().start().line);
        }
    }
}

fn segments(path: &Path) -> Vec<String> {
    if path.leading_colon.is_some() {
        return Vec::new();
    }
    let names = path.segments.iter();
    names
        .map(|segment| segment.ident.unraw().to_string())
        .collect()
}

impl<'ast> Visit<'ast> for Code {
    fn visit_item(&mut self, item: &'ast Item) {
        // Modules of the crate are read one by one.
        if !matches!(item, Item::Mod(_)) && !is_only_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !is_only_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = match item {
            TraitItem::Const(item) => &item.attrs,
            TraitItem::Fn(item) => &item.attrs,
            TraitItem::Type(item) => &item.attrs,
            TraitItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !is_only_for_tests(attributes) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if !is_only_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        if !is_only_for_tests(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if !is_only_for_tests(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_re_export = !matches!(item.vis, Visibility::Inherited);
            self.add_use(&item.tree, Vec::new(), is_re_export);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add(segments(path), path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Ok(list) = attribute.meta.require_list() {
            self.add_tokens(list.tokens.clone());
        }
    }

    /// `pub(in crate::a)` names a module, and uses nothing of it.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}
}

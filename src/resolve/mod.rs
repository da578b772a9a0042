//! Project, environments, defaults and overrides: from the documents as written to one effective tree per document and
//! environment, in which every value knows the layer that it comes from.

mod layers;

use crate::diagnostics::{Code, Diagnostic, Label, closest, look_alike, plain, shown};
use crate::source::reader::Document;
use crate::source::{Entry, FileId, Layer, Node, Span, Value};
use crate::spec::{API_VERSION, Calendar, DagSlo, DataflowSlo, Kind, Name, NullRatioCheck, Project};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What a set of documents says, as far as it can be known.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The Project, if there is one and it is well formed.
    pub project: Option<ResolvedProject>,
    /// The names that documents claim, well formed or not.
    pub names: Vec<Claim>,
    /// The documents, one for each different effective tree.
    pub documents: Vec<Effective>,
    /// Whether all documents could be read; what is missing may be in one that could not.
    pub all_were_read: bool,
}

impl Resolved {
    /// The Calendars that are well formed.
    pub fn calendars(&self) -> impl Iterator<Item = (&Effective, &Calendar)> {
        self.documents.iter().filter_map(|document| match &document.spec {
            Some(Spec::Calendar(calendar)) => Some((document, &**calendar)),
            _ => None,
        })
    }
}

/// The Project with its tree.
#[derive(Debug)]
pub struct ResolvedProject {
    /// The typed document.
    pub project: Project,
    /// Where everything in it stands.
    pub tree: Node,
}

/// A document that claims a name.
#[derive(Debug)]
pub struct Claim {
    /// Its kind.
    pub kind: Kind,
    /// The name.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
}

/// A document as it holds in some environments: defaults filled in, overrides applied.
#[derive(Debug)]
pub struct Effective {
    /// Its kind.
    pub kind: Kind,
    /// The file that it is written in.
    pub file: FileId,
    /// The environments in which it holds; none when the Project is not known.
    pub environments: Vec<Name>,
    /// Whether the document says something else elsewhere, so that findings must name the environment.
    pub varies: bool,
    /// The effective tree.
    pub tree: Node,
    /// The typed document; `None` where its form is wrong, so that the rest can be checked all the same.
    pub spec: Option<Spec>,
}

/// A typed document of any kind but the Project.
#[derive(Debug)]
pub enum Spec {
    /// Days on which something is due.
    Calendar(Box<Calendar>),
    /// Promises about a DAG.
    DagSlo(Box<DagSlo>),
    /// Promises about a Dataflow job.
    DataflowSlo(Box<DataflowSlo>),
    /// Promises about the NULLs of a table.
    NullRatioCheck(Box<NullRatioCheck>),
}

impl Effective {
    /// The place of a value, or of the nearest mapping around it when it is not written.
    pub fn span(&self, path: &[&str]) -> Span {
        place(&self.tree, path)
    }

    /// The text at a path, well formed or not; an empty one is none.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.tree.at(path.iter().copied())?.as_str().filter(|text| !text.is_empty())
    }

    /// The name of the document; none where its form is wrong.
    pub fn name(&self) -> &str {
        self.text(&["metadata", "name"]).unwrap_or_default()
    }

    /// What to say beside a value: whether it is the Project's default, written elsewhere.
    pub fn label(&self, path: &[&str]) -> &'static str {
        let layer = self.tree.at(path.iter().copied()).map(|node| node.origin.layer);
        if layer == Some(Layer::Default) { "the default" } else { "" }
    }

    /// Names the environments of a finding where they matter.
    pub fn tag(&self, mut finding: Diagnostic) -> Diagnostic {
        if self.varies {
            finding.environments.extend(self.environments.iter().map(Name::to_string));
        }
        finding
    }
}

/// The place of a value, or of the key of the nearest mapping around it when it is not written.
pub fn place(tree: &Node, path: &[&str]) -> Span {
    let mut node = tree;
    let mut span = tree.span();
    for (index, step) in path.iter().enumerate() {
        if let Some(entry) = node.entry(step) {
            let last = index + 1 == path.len() && entry.value.as_mapping().is_none();
            span = if last { entry.value.span() } else { entry.key_span };
            node = &entry.value;
        } else if let Some(item) = node.at([*step]) {
            span = item.span();
            node = item;
        } else {
            break;
        }
    }
    span
}

/// Resolves all documents of a project. Where some could not be read, a missing Project is no finding: it may be one of
/// them.
pub fn resolve(documents: &[Document], all_were_read: bool) -> (Resolved, Vec<Diagnostic>) {
    let mut resolver = Resolver::default();
    resolver.resolved.all_were_read = all_were_read;
    let mut others = Vec::new();
    let mut projects = Vec::new();
    for document in documents {
        match kind_of(&document.root) {
            Ok(kind) => {
                resolver.claim(kind, &document.root);
                if kind == Kind::Project { projects.push(document) } else { others.push((kind, document)) }
            }
            Err(finding) => {
                // It may be the Project.
                resolver.resolved.all_were_read = false;
                resolver.findings.push(finding);
            }
        }
    }
    resolver.project(&projects);
    let Resolver { mut resolved, mut findings, .. } = resolver;
    let project = resolved.project.as_ref();
    let of_one = others.par_iter().map(|(kind, document)| {
        let mut own = OfOne { project, documents: Vec::new(), findings: Vec::new() };
        own.document(*kind, &document.root);
        (own.documents, own.findings)
    });
    let (documents, mistakes): (Vec<_>, Vec<_>) = of_one.unzip();
    resolved.documents.extend(documents.into_iter().flatten());
    findings.extend(mistakes.into_iter().flatten());
    (resolved, findings)
}

/// Finds out what a document is, or says why it is nothing.
fn kind_of(root: &Node) -> Result<Kind, Diagnostic> {
    let Some(mapping) = root.as_mapping() else {
        return Err(Diagnostic::error(Code::UnknownKind, "a document must be a mapping")
            .at(root.span(), "")
            .help(format!("start it with `apiVersion: {API_VERSION}` and `kind:`")));
    };
    let start = mapping.entries.first().map_or_else(|| root.span(), |entry| entry.key_span);
    let Some(entry) = mapping.get("kind") else {
        if let Some(entry) = mapping.entries.iter().find(|entry| is_misspelt_kind(&entry.key)) {
            let message = format!("the document has no key `{}`", shown(&entry.key));
            return Err(Diagnostic::error(Code::UnknownKey, message)
                .at(entry.key_span, look_alike(&entry.key))
                .help("did you mean `kind`?"));
        }
        return Err(Diagnostic::error(Code::UnknownKind, "the document has no `kind`")
            .at(start, "")
            .help(format!("add `kind:`; {}", the_kinds())));
    };
    let Some(written) = entry.value.as_str() else {
        return Err(Diagnostic::error(Code::UnknownKind, "`kind` must be the name of a kind")
            .at(entry.value.span(), "")
            .help(the_kinds()));
    };
    Kind::from_name(written).ok_or_else(|| {
        Diagnostic::error(Code::UnknownKind, format!("there is no kind `{written}`"))
            .at(entry.value.span(), look_alike(written))
            .suggest(written, Kind::ALL.map(Kind::name), the_kinds)
    })
}

fn is_misspelt_kind(key: &str) -> bool {
    let keys = ["apiVersion", "kind", "metadata", "environments", "spec", "overrides"];
    !keys.contains(&key) && closest(&plain(key), keys) == Some("kind")
}

fn the_kinds() -> String {
    let names = Kind::ALL.map(|kind| format!("`{}`", kind.name()));
    format!("the kinds are {}", names.join(", "))
}

#[derive(Default)]
struct Resolver {
    resolved: Resolved,
    findings: Vec<Diagnostic>,
}

impl Resolver {
    fn claim(&mut self, kind: Kind, root: &Node) {
        if let Some(node) = root.at(["metadata", "name"])
            && let Some(name) = node.as_str()
        {
            self.resolved.names.push(Claim { kind, name: name.to_owned(), span: node.span() });
        }
    }

    fn project(&mut self, projects: &[&Document]) {
        let Some((first, others)) = projects.split_first() else {
            let missing = Diagnostic::error(Code::NoProject, "there is no document of kind `Project`")
                .in_path("slo-specs")
                .help("add one; `genkai init` in an empty folder writes an example");
            self.findings.extend(self.resolved.all_were_read.then_some(missing));
            return;
        };
        let kind_span = |document: &Document| place(&document.root, &["kind"]);
        for other in others {
            self.findings.push(
                Diagnostic::error(Code::SecondProject, "there is more than one Project")
                    .at(kind_span(other), "a second one")
                    .also(kind_span(first), "the first one")
                    .help("keep one Project, and name its environments in `spec.environments`"),
            );
            self.findings.extend(Kind::Project.form().check(&other.root));
        }
        match Kind::Project.form().read(&first.root) {
            Ok(project) => {
                self.resolved.project = Some(ResolvedProject { project, tree: first.root.clone() });
            }
            Err(mistakes) => self.findings.extend(mistakes),
        }
    }
}

/// What one document comes to, under the Project.
struct OfOne<'a> {
    project: Option<&'a ResolvedProject>,
    documents: Vec<Effective>,
    findings: Vec<Diagnostic>,
}

impl OfOne<'_> {
    fn document(&mut self, kind: Kind, root: &Node) {
        if !kind.has_environments() {
            let tree = self.with_defaults(root.clone(), kind);
            return self.effective(kind, Candidate { tree, environments: Vec::new(), varies: false });
        }
        let overrides = self.overrides(kind, root);
        let mut environments = self.environments(root);
        self.unused_overrides(root, &environments);
        // What holds under a broken override cannot be known; what is written without it is checked all the same.
        let broken = |name: &Name| matches!(overrides.get(name.as_str()), Some(Override::Broken));
        let some_are_broken = environments.iter().any(broken);
        environments.retain(|name| !broken(name));
        // Environments without an override share one tree.
        let mut groups: BTreeMap<Option<&str>, Vec<Name>> = BTreeMap::new();
        for environment in &environments {
            let own = overrides.contains_key(environment.as_str()).then_some(environment.as_str());
            groups.entry(own).or_default().push(environment.clone());
        }
        if groups.is_empty() || some_are_broken {
            // Compiled for nothing, as when the Project is not known, but checked all the same.
            groups.entry(None).or_default();
        }
        let varies = groups.len() > 1 || groups.keys().any(Option::is_some);
        for (own, environments) in groups {
            let mut tree = layers::without(root, "overrides");
            if let Some(Override::Sound(part)) = own.and_then(|name| overrides.get(name)) {
                tree = layers::overridden(&tree, part);
            }
            tree = self.with_defaults(tree, kind);
            self.effective(kind, Candidate { tree, environments, varies });
        }
    }

    fn with_defaults(&self, tree: Node, kind: Kind) -> Node {
        match self.project {
            Some(project) => layers::with_defaults(&tree, &project.tree, kind),
            None => tree,
        }
    }

    fn effective(&mut self, kind: Kind, candidate: Candidate) {
        let (form, tree) = (kind.form(), &candidate.tree);
        let read = match kind {
            // There is one, and it is read before.
            Kind::Project => return,
            Kind::Calendar => form.read(tree).map(|document| Spec::Calendar(Box::new(document))),
            Kind::DagSlo => form.read(tree).map(|document| Spec::DagSlo(Box::new(document))),
            Kind::DataflowSlo => form.read(tree).map(|document| Spec::DataflowSlo(Box::new(document))),
            Kind::NullRatioCheck => form.read(tree).map(|document| Spec::NullRatioCheck(Box::new(document))),
        };
        let (spec, mistakes) = match read {
            Ok(spec) => (Some(spec), Vec::new()),
            Err(mistakes) => (None, mistakes),
        };
        let Candidate { tree, environments, varies } = candidate;
        let document = Effective { kind, file: tree.span().file, environments, varies, tree, spec };
        let mistakes = mistakes.into_iter().map(|mistake| self.with_owners(&document, mistake));
        let findings: Vec<Diagnostic> = mistakes.map(|mistake| document.tag(mistake)).collect();
        self.findings.extend(findings);
        self.documents.push(document);
    }

    /// Where an owner is missing, the Project knows which there are.
    fn with_owners(&self, document: &Effective, mistake: Diagnostic) -> Diagnostic {
        let owner = document.tree.at(["metadata", "owner"]).filter(|owner| is_empty(owner));
        let is_about_it = |label: &Label| Some(label.span) == owner.map(Node::span);
        match self.project {
            Some(ResolvedProject { project, .. }) if mistake.primary.as_ref().is_some_and(is_about_it) => {
                let names: Vec<&str> = project.spec.owners.keys().map(Name::as_str).collect();
                mistake.help(format!("name one of the Project's owners: `{}`", names.join("`, `")))
            }
            _ => mistake,
        }
    }

    /// The environments that a document is compiled for: its own list, the Project's default, or all.
    fn environments(&mut self, root: &Node) -> Vec<Name> {
        let Some(ResolvedProject { project, .. }) = self.project else { return Vec::new() };
        let known: Vec<&str> = project.spec.environments.keys().map(Name::as_str).collect();
        let Some(list) = root.get("environments") else {
            let default = project.spec.defaults.environments.clone();
            return default
                .map(|names| names.into_iter().filter(|name| known.contains(&name.as_str())).collect())
                .unwrap_or_else(|| project.spec.environments.keys().cloned().collect());
        };
        let mut environments = Vec::new();
        for item in list.as_sequence().unwrap_or_default() {
            match item.as_str() {
                Some(name) if known.contains(&name) => {
                    let name = Name(name.to_owned());
                    if !environments.contains(&name) {
                        environments.push(name);
                    }
                }
                Some(name) => self.findings.push(unknown_environment(name, item.span(), &known)),
                None => {}
            }
        }
        if list.as_sequence().is_some_and(<[Node]>::is_empty) {
            self.findings.push(
                Diagnostic::warning(Code::NoEnvironment, "the document is compiled for no environment")
                    .at(list.span(), "")
                    .help("name at least one, or leave `environments` out"),
            );
        }
        environments
    }

    /// An override for an environment that the document is not compiled for says nothing.
    fn unused_overrides(&mut self, root: &Node, environments: &[Name]) {
        let Some(ResolvedProject { project, .. }) = self.project else { return };
        let entries =
            root.get("overrides").and_then(Node::as_mapping).into_iter().flat_map(|map| &map.entries);
        let unused = entries.filter(|entry| {
            let is = |name: &Name| name.as_str() == entry.key;
            project.spec.environments.keys().any(is) && !environments.iter().any(is)
        });
        self.findings.extend(unused.map(|entry| {
            let message = format!("the document is not compiled for `{}`", entry.key);
            Diagnostic::warning(Code::NoEnvironment, message)
                .at(entry.key_span, "has no effect")
                .help(format!("add `{}` to the document's `environments`, or remove the override", entry.key))
        }));
    }

    /// The overrides by environment, each checked by itself.
    fn overrides<'a>(&mut self, kind: Kind, root: &'a Node) -> BTreeMap<&'a str, Override<'a>> {
        let Some(node) = root.get("overrides") else { return BTreeMap::new() };
        let Some(mapping) = node.as_mapping() else {
            self.findings.push(
                Diagnostic::error(Code::WrongType, "`overrides` must be a mapping")
                    .at(node.span(), "")
                    .help("write the name of an environment below it, and a part of `spec` below that"),
            );
            return BTreeMap::new();
        };
        let mut entries: Vec<&Entry> = mapping.entries.iter().collect();
        if let Some(ResolvedProject { project, .. }) = self.project {
            let known: Vec<&str> = project.spec.environments.keys().map(Name::as_str).collect();
            let is_unknown = |entry: &&Entry| !known.contains(&entry.key.as_str());
            // What follows an environment without a value was meant to stand below it.
            if let Some(empty) = entries.iter().position(|entry| matches!(*entry.value.value, Value::Null)) {
                let behind = entries.split_off(empty + 1);
                entries.extend(behind.into_iter().filter(|entry| !is_unknown(entry)));
            }
            let unknown = entries.iter().copied().filter(is_unknown);
            self.findings
                .extend(unknown.map(|entry| unknown_environment(&entry.key, entry.key_span, &known)));
        }
        let mut overrides = BTreeMap::new();
        for entry in entries {
            let mistakes = kind.form().check_part(&entry.value);
            let sound = mistakes.is_empty();
            let part = if sound { Override::Sound(&entry.value) } else { Override::Broken };
            overrides.insert(entry.key.as_str(), part);
            self.findings
                .extend(mistakes.into_iter().map(|mistake| mistake.in_environment(entry.key.clone())));
        }
        overrides
    }
}

/// Whether nothing is written, or nothing in quotes.
fn is_empty(node: &Node) -> bool {
    matches!(&*node.value, Value::Null) || node.as_str().is_some_and(str::is_empty)
}

/// What a document says for one environment.
enum Override<'a> {
    Sound(&'a Node),
    /// It has mistakes of its own, which are reported.
    Broken,
}

struct Candidate {
    tree: Node,
    environments: Vec<Name>,
    varies: bool,
}

/// GK304: an environment that is none of the Project's.
pub fn unknown_environment(name: &str, span: Span, known: &[&str]) -> Diagnostic {
    Diagnostic::error(Code::UnknownEnvironment, format!("the Project has no environment `{name}`"))
        .at(span, "")
        .suggest(name, known.iter().copied(), || format!("its environments are `{}`", known.join("`, `")))
}

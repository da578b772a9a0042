//! Which Terraform state an environment has.

use super::stack::{Backend, Environment, Stack};
use std::collections::BTreeMap;

/// The Terraform states of the environments, with their names.
pub fn states(stacks: &[Stack]) -> BTreeMap<String, String> {
    let environments = stacks.iter().map(|stack| &stack.environment);
    environments.filter_map(|environment| Some((environment.state()?, environment.name.clone()))).collect()
}

impl Environment {
    /// Its state in one spelling; `None` for one that lies in the module's own folder.
    pub fn state(&self) -> Option<String> {
        self.backend.as_ref()?.state(&self.name)
    }
}

impl Backend {
    /// The state that it keeps for an environment, in one spelling; `None` for one that lies in the module's own folder.
    pub fn state(&self, environment: &str) -> Option<String> {
        match self {
            // The backend takes slashes away, and joins what is left.
            Backend::Gcs { bucket, prefix } => Some(format!(
                "gs://{}",
                normal(&format!("{bucket}/{}", prefix.as_deref().unwrap_or_default()))
            )),
            Backend::Local { path } => {
                let path = path.as_deref().filter(|path| !path.is_empty())?;
                let module = format!("generated/{environment}/terraform");
                match path.starts_with('/') {
                    true => Some(format!("/{}", normal(path))),
                    false => {
                        let path = normal(&format!("{module}/{path}"));
                        (!path.starts_with(&format!("{module}/"))).then_some(path)
                    }
                }
            }
        }
    }
}

/// A path without empty steps, `.` and `..`; one that leads out of the project keeps its `..`.
fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/').filter(|step| !matches!(*step, "" | ".")) {
        match (step, steps.last()) {
            ("..", Some(last)) if *last != ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_have_one_spelling() {
        for (path, expected) in [
            ("bucket/", "bucket"),
            ("bucket//genkai/", "bucket/genkai"),
            ("generated/staging/terraform/../../state", "generated/state"),
            ("generated/../../../state", "../../state"),
            ("./a/./b", "a/b"),
        ] {
            assert_eq!(normal(path), expected);
        }
    }
}

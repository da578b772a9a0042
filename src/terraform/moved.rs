//! Renames as `moved` blocks, so that Terraform keeps the resources.

use super::Block;
use super::hcl::{self, InvalidName, Reference};
use super::stack::{address, address_as, pipeline_blocks};
use crate::monitoring::{Pipeline, Stack};

/// A block for every resource of every pipeline that had other names, from each name to the next.
///
/// A block whose old address was never in a state does nothing, so blocks may stay for as long as the names are listed;
/// two blocks with one destination would be an error, so the names make a chain.
pub(super) fn moved(stack: &Stack) -> Result<Vec<Block>, InvalidName> {
    let mut blocks = Vec::new();
    for pipeline in stack.pipelines.iter().filter(|pipeline| !pipeline.earlier_names.is_empty()) {
        blocks.extend(of_pipeline(stack, pipeline)?);
    }
    Ok(blocks)
}

fn of_pipeline(stack: &Stack, pipeline: &Pipeline) -> Result<Vec<Block>, InvalidName> {
    let names: Vec<&str> =
        pipeline.earlier_names.iter().chain([&pipeline.name]).map(String::as_str).collect();
    let now = address(pipeline)?;
    let dashboard = stack.environment.grafana.as_ref().and(pipeline.dashboard_uid.as_ref());
    let declared = pipeline_blocks(pipeline)?;
    let resources = declared.iter().filter_map(|block| match block.labels.as_slice() {
        [kind, name] => Some((kind.as_str(), name.as_str().strip_prefix(now.as_str())?)),
        _ => None,
    });
    let resources: Vec<(&str, &str)> =
        resources.chain(dashboard.map(|_| ("grafana_dashboard", ""))).collect();
    let mut blocks = Vec::new();
    for step in names.windows(2) {
        let [from, to] = step else { continue };
        for (kind, end) in &resources {
            let at = |name: &str| -> Result<Reference, InvalidName> {
                hcl::reference(&[kind, &format!("{}{end}", address_as(pipeline, name)?.as_str())])
            };
            blocks.push(Block::bare("moved").attribute("from", at(from)?).attribute("to", at(to)?));
        }
        if let Some(first) = blocks.len().checked_sub(resources.len()).and_then(|at| blocks.get_mut(at)) {
            let subject = pipeline.subject.name();
            *first = first.clone().comment(format!("{subject}/{from} was renamed to {subject}/{to}."));
        }
    }
    Ok(blocks)
}

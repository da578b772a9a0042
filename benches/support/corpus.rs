//! Projects of any size, always the same for the same size: DAGs as platforms have them, most of them daily.

use std::fmt::Write as _;

const PROJECT: &str = include_str!("../../slo-specs/project.yaml");

/// Crons in about the shares that public DAGs have (of 564 readable ones, 69 % daily and 19 % rarer).
const CRONS: [&str; 16] = [
    "0 4 * * *",
    "30 6 * * *",
    "15 1 * * *",
    "@daily",
    "0 22 * * *",
    "45 3 * * *",
    "0 5 * * *",
    "20 2 * * *",
    "10 0 * * *",
    "0 18 * * *",
    "30 6 * * 1-5",
    "0 4 * * 1",
    "0 22 1 * *",
    "@hourly",
    "*/10 * * * *",
    "0 */6 * * *",
];

/// The files of a project with so many specs: paths relative to the project's folder, and texts.
pub fn corpus(specs: usize) -> Vec<(String, String)> {
    let mut files = vec![("slo-specs/project.yaml".to_owned(), PROJECT.to_owned())];
    for index in 0..specs {
        files.push((format!("slo-specs/team-{}/dag-{index:05}.yaml", index % 20), spec(index)));
    }
    files
}

fn spec(index: usize) -> String {
    let cron = CRONS[index * 7 % CRONS.len()];
    let rare = cron == "0 22 1 * *" || cron == "0 4 * * 1";
    let (target, window) =
        if rare { ("90%", ", window: 360d") } else { (["95%", "90%", "99%"][index % 3], "") };
    let mut text = format!(
        "# The load of source {index}; its consumers read it in the morning.\n\
         apiVersion: genkai.dev/v1\n\
         kind: DagSlo\n\
         metadata:\n  \
           name: load-{index:05}\n  \
           displayName: Load of source {index}\n  \
           owner: {}\n  \
           description: Loads the previous day's rows of source {index} into the warehouse, for the morning report.\n  \
           labels: {{tier: {}}}\n\
         spec:\n  \
           dag: team_{}.load_{index:05}\n  \
           composerEnvironment: bigfoot\n  \
           schedule: {{cron: \"{cron}\"}}\n  \
           objectives:\n    \
             success: {{target: {target}{window}}}\n",
        ["data-platform", "sales-analytics"][index % 2],
        ["gold", "silver"][index % 2],
        index % 20,
    );
    if index.is_multiple_of(5) {
        writeln!(text, "overrides:\n  staging:\n    alerts: {{failedRun: {{severity: none}}}}").unwrap();
    }
    text
}

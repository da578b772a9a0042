//! A real Prometheus server over whole months of histories. `promtool test rules` refuses a sub-query of weeks ("query
//! processing would load too many samples into memory"), and the number of samples is an option of the server alone.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::promtool::engine::Series;
use crate::support;

/// The first instant of every history: a Thursday at midnight in UTC, 2026-01-01.
pub const ORIGIN: i64 = 1_767_225_600;

/// The second of a minute of a history.
pub fn second(minute: usize) -> i64 {
    ORIGIN + 60 * i64::try_from(minute).unwrap()
}

/// A server on the loopback, which ends with the test.
pub struct Server {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Serves histories, each of a DAG of its own. `None` where there is no oracle.
    pub fn over(histories: &[Vec<Series>]) -> Option<Server> {
        let (promtool, prometheus) = (support::oracle("promtool")?, support::oracle("prometheus")?);
        let folder = tempfile::tempdir().unwrap();
        let samples = folder.path().join("samples.om");
        std::fs::write(&samples, open_metrics(histories)).unwrap();
        let blocks = folder.path().join("data");
        let mut command = Command::new(promtool);
        command.args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"]).arg(&samples).arg(&blocks);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::write(folder.path().join("prometheus.yml"), "{}").unwrap();
        // Between the choice of a port and its use somebody else may take it.
        let started = (0..3).find_map(|_| start(&prometheus, folder.path()));
        let (process, port) = started.expect("prometheus starts");
        Some(Server { process, port, _folder: folder })
    }

    /// Whether a query has a result in a history at a minute.
    pub fn is_open(&self, query: &str, history: usize, minute: usize) -> bool {
        let form = format!("query={}&time={}", encoded(&of_history(query, history)), second(minute));
        let answer = ask(self.port, "POST", "/api/v1/query", &form).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["status"], "success", "{answer}");
        !answer["data"]["result"].as_array().unwrap().is_empty()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The DAG of a history.
fn of_history(text: &str, history: usize) -> String {
    text.replace(r#""composer.sales""#, &format!(r#""composer.sales-{history}""#))
}

fn open_metrics(histories: &[Vec<Series>]) -> String {
    let mut text = String::new();
    for (index, history) in histories.iter().enumerate() {
        for series in history {
            let name = of_history(&series.name, index);
            for (minute, value) in &series.samples {
                writeln!(text, "{name} {value} {}", second(*minute)).unwrap();
            }
        }
    }
    text + "# EOF\n"
}

/// A server that is ready, and its port; `None` where it ended before.
fn start(prometheus: &Path, folder: &Path) -> Option<(Child, u16)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut process = Command::new(prometheus)
        .current_dir(folder)
        .arg("--config.file=prometheus.yml")
        .arg("--storage.tsdb.path=data")
        .arg("--storage.tsdb.retention.time=100y")
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--query.max-samples=1000000000")
        .arg("--query.timeout=10m")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let waits = Instant::now();
    while ask(port, "GET", "/-/ready", "").is_none() {
        if process.try_wait().unwrap().is_some() {
            return None;
        }
        assert!(waits.elapsed() < Duration::from_secs(60), "prometheus is not ready after a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some((process, port))
}

/// What an address answers, if it is there and well. HTTP/1.0 needs no more than this, and has no chunks.
fn ask(port: u16, method: &str, path: &str, form: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = form.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let code = head.split(' ').nth(1)?;
    // A query that is refused says why in its body.
    (code == "200" || method == "POST").then(|| body.to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

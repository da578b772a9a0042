//! A small client of the language server protocol: it opens documents and asks what an editor would ask.

use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server with one workspace.
pub struct Server {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Json>,
    workspace: String,
    settings: Json,
    requests: u64,
    /// The last diagnostics of each document.
    diagnostics: BTreeMap<String, Vec<Json>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts the server in a workspace with settings as in VS Code's `settings.json`.
    pub fn start(program: &Path, workspace: &Path, settings: &Json) -> Server {
        let mut process = Command::new(program)
            .arg("--stdio")
            .current_dir(workspace)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let output = process.stdout.take().unwrap();
        // It ends with the server, whose output it reads.
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = message(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = process.stdin.take().unwrap();
        let mut server = Server {
            process,
            input,
            messages,
            workspace: format!("file://{}", workspace.display()),
            settings: nested(settings),
            requests: 0,
            diagnostics: BTreeMap::new(),
        };
        let folder = json!({ "uri": server.workspace, "name": "workspace" });
        let documents = json!({
            "publishDiagnostics": {},
            "hover": { "contentFormat": ["markdown"] },
            "completion": { "completionItem": { "snippetSupport": true, "documentationFormat": ["markdown"] } },
        });
        server.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": server.workspace,
                "workspaceFolders": [folder],
                "capabilities": {
                    "workspace": { "configuration": true, "workspaceFolders": true },
                    "textDocument": documents,
                },
            }),
        );
        server.notify("initialized", json!({}));
        // A document that is opened before the server has its settings is judged twice, first without a schema.
        server.until_message(|message| (message["method"] == "workspace/configuration").then_some(()));
        server
    }

    /// Opens a document, and waits for what is wrong with it.
    pub fn open(&mut self, path: &str, text: &str) -> Vec<Json> {
        let uri = self.uri(path);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        self.until(|server| server.diagnostics.remove(&uri))
    }

    /// What is suggested at a place of an open document.
    pub fn completion(&mut self, path: &str, position: &Json) -> Vec<Json> {
        let answer = self.at("textDocument/completion", path, position);
        answer.get("items").unwrap_or(&answer).as_array().cloned().unwrap_or_default()
    }

    /// What is shown about a place of an open document, in Markdown.
    pub fn hover(&mut self, path: &str, position: &Json) -> String {
        let answer = self.at("textDocument/hover", path, position);
        answer.pointer("/contents/value").and_then(Json::as_str).unwrap_or_default().to_owned()
    }

    fn at(&mut self, method: &str, path: &str, position: &Json) -> Json {
        let document = json!({ "uri": self.uri(path) });
        self.request(method, json!({ "textDocument": document, "position": position }))
    }

    fn uri(&self, path: &str) -> String {
        format!("{}/{path}", self.workspace)
    }

    fn request(&mut self, method: &str, params: Json) -> Json {
        self.requests += 1;
        let id = Json::from(self.requests);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let mut answer = self.until_message(|message| {
            let answers = message.get("method").is_none() && message.get("id") == Some(&id);
            answers.then(|| message.clone())
        });
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    fn notify(&mut self, method: &str, params: Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Json) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    /// Waits until something is known.
    fn until<T>(&mut self, mut known: impl FnMut(&mut Server) -> Option<T>) -> T {
        loop {
            if let Some(value) = known(self) {
                return value;
            }
            self.until_message(|_| Some(()));
        }
    }

    /// Waits for a message, and does meanwhile what the server asks for.
    fn until_message<T>(&mut self, wanted: impl Fn(&Json) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).expect("the language server answers in time");
            self.receive(&message);
            if let Some(value) = wanted(&message) {
                return value;
            }
        }
    }

    fn receive(&mut self, message: &Json) {
        let params = &message["params"];
        match (message["method"].as_str(), message.get("id")) {
            (Some("textDocument/publishDiagnostics"), _) => {
                let uri = params["uri"].as_str().unwrap().to_owned();
                self.diagnostics.insert(uri, params["diagnostics"].as_array().unwrap().clone());
            }
            (Some("workspace/configuration"), Some(id)) => {
                let items = params["items"].as_array().unwrap().iter();
                let sections: Vec<&Json> =
                    items.map(|item| &self.settings[item["section"].as_str().unwrap()]).collect();
                let answer = json!({ "jsonrpc": "2.0", "id": id, "result": sections });
                self.send(&answer);
            }
            (Some(_), Some(id)) => {
                let answer = json!({ "jsonrpc": "2.0", "id": id, "result": null });
                self.send(&answer);
            }
            _ => {}
        }
    }
}

/// Settings by section: `{"yaml.schemas": …}` is `{"yaml": {"schemas": …}}`.
fn nested(settings: &Json) -> Json {
    // The server would fetch the catalogue of all schemas there are.
    let mut nested = json!({ "yaml": { "schemaStore": { "enable": false }, "validate": true, "hover": true, "completion": true } });
    for (key, value) in settings.as_object().unwrap() {
        let (section, key) = key.split_once('.').unwrap();
        nested[section][key] = value.clone();
    }
    nested
}

/// The next message of the server; `None` when it has ended.
fn message(output: &mut BufReader<ChildStdout>) -> Option<Json> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if output.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

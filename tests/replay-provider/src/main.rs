//! A Terraform provider for tests, which answers from schema documents and tables of rules instead of from a cloud.
//!
//! See `README.md` beside this package.

mod cloud;
mod normal;
mod protocol;
mod provider;
mod rules;
mod schema;
mod transport;
mod validate;
mod value;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::rc::Rc;

use cloud::Cloud;
use normal::NormalForm;
use provider::Provider;
use rules::Rules;
use schema::ProviderSchema;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::net::UnixListener;

const USAGE: &str = "usage: replay-provider --normal-form FILE --schema FILE... --rules FILE...";

/// The files to answer from. Later ones replace what earlier ones say about the same resource.
#[derive(Default)]
struct Arguments {
    normal_form: String,
    schemas: Vec<String>,
    rules: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let providers = load(&arguments(std::env::args().skip(1))?)?;
    let sockets: Vec<PathBuf> = (0..providers.len()).map(socket).collect();
    exit_with_the_caller(sockets.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut reattach = serde_json::Map::new();
        for (provider, socket) in providers.into_iter().zip(&sockets) {
            let listener = UnixListener::bind(socket)?;
            let entry = json!({
                "Protocol": "grpc",
                "ProtocolVersion": 5,
                "Pid": std::process::id(),
                "Test": true,
                "Addr": { "Network": "unix", "String": socket },
            });
            reattach.insert(provider.address.clone(), entry);
            tokio::task::spawn_local(transport::serve(listener, Rc::new(provider)));
        }
        println!("{}", serde_json::Value::Object(reattach));
        std::future::pending().await
    })
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(option) = words.next() {
        let file = words.next().ok_or(USAGE)?;
        match option.as_str() {
            "--normal-form" => arguments.normal_form = file,
            "--schema" => arguments.schemas.push(file),
            "--rules" => arguments.rules.push(file),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(arguments)
}

fn load(arguments: &Arguments) -> Result<Vec<Provider>, Box<dyn Error>> {
    let mut schemas = BTreeMap::<String, ProviderSchema>::new();
    for file in &arguments.schemas {
        for (address, schema) in read::<schema::Document>(file)?.provider_schemas {
            match schemas.get_mut(&address) {
                Some(known) => known.overlay(schema),
                None => drop(schemas.insert(address, schema)),
            }
        }
    }
    // Resource types carry their provider's name, so that one table of rules serves every provider.
    let mut rules = Rules::new();
    for file in &arguments.rules {
        rules
            .extend(read::<rules::Document>(file)?.into_rules().map_err(|error| format!("{file}: {error}"))?);
    }
    let (rules, normal) = (Rc::new(rules), Rc::new(read::<NormalForm>(&arguments.normal_form)?));
    let provider = |(address, schema)| Provider {
        address,
        schema,
        rules: rules.clone(),
        normal: normal.clone(),
        cloud: Cloud::default(),
    };
    Ok(schemas.into_iter().map(provider).collect())
}

fn read<T: DeserializeOwned>(file: &str) -> Result<T, Box<dyn Error>> {
    let text = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    serde_json::from_slice(&text).map_err(|error| format!("{file}: {error}").into())
}

/// A path short enough for a socket, which the build folder's may not be.
fn socket(number: usize) -> PathBuf {
    std::env::temp_dir().join(format!("replay-provider-{}-{number}.sock", std::process::id()))
}

/// Ends the process when its standard input does: a test program that is gone, however it went, closes the pipe.
fn exit_with_the_caller(sockets: Vec<PathBuf>) {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        for socket in sockets {
            let _ = std::fs::remove_file(socket);
        }
        std::process::exit(0);
    });
}

//! gRPC over HTTP/2 on a Unix socket: as much of it as one unary call after another needs.

use std::rc::Rc;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::net::{UnixListener, UnixStream};

use crate::provider::{Provider, Session};

/// A gRPC message stands behind a byte for compression and four for its length.
const PREFIX: usize = 5;

/// Why a call has no answer. Terraform takes `Unimplemented` for "this provider is too old for that", and goes on.
pub enum Failure {
    Unimplemented,
    Failed(String),
}

pub async fn serve(listener: UnixListener, provider: Rc<Provider>) {
    while let Ok((stream, _)) = listener.accept().await {
        // Terraform opens one connection for each provider configuration, so a session belongs to a connection.
        let session = Rc::new(Session::new(Rc::clone(&provider)));
        // Terraform hangs up, in the middle of an answer too, as soon as it knows enough: no error is worth a word.
        tokio::task::spawn_local(connection(stream, session));
    }
}

async fn connection(stream: UnixStream, session: Rc<Session>) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (request, response) = request?;
        let session = Rc::clone(&session);
        tokio::task::spawn_local(async move { answer(request, response, &session).await });
    }
    Ok(())
}

async fn answer(
    request: Request<RecvStream>,
    mut response: SendResponse<Bytes>,
    session: &Session,
) -> Result<(), h2::Error> {
    let method = request.uri().path().to_owned();
    let body = read_all(request.into_body()).await?;
    let head = Response::builder().header("content-type", "application/grpc");
    let head = head.body(()).map_err(|_| Reason::INTERNAL_ERROR)?;
    let mut stream = response.send_response(head, false)?;
    let status = match call(&method, &body, session) {
        Ok(message) => {
            let mut frame = BytesMut::with_capacity(PREFIX + message.len());
            frame.put_u8(0);
            frame.put_u32(u32::try_from(message.len()).map_err(|_| Reason::INTERNAL_ERROR)?);
            frame.put_slice(&message);
            stream.send_data(frame.freeze(), false)?;
            status(0, "")
        }
        Err(Failure::Unimplemented) => status(12, "not replayed"),
        Err(Failure::Failed(message)) => status(2, &message),
    };
    stream.send_trailers(status)
}

fn call(method: &str, body: &[u8], session: &Session) -> Result<Vec<u8>, Failure> {
    match method.strip_prefix("/tfplugin5.Provider/") {
        Some(method) => session.call(method, body),
        // Terraform says this to a provider that it started itself; this one stays for the next command.
        None if method == "/plugin.GRPCController/Shutdown" => Ok(vec![]),
        None => Err(Failure::Unimplemented),
    }
}

async fn read_all(mut body: RecvStream) -> Result<Bytes, h2::Error> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        bytes.put(chunk);
    }
    if bytes.len() < PREFIX {
        return Err(Reason::PROTOCOL_ERROR.into());
    }
    bytes.advance(PREFIX);
    Ok(bytes.freeze())
}

fn status(code: u32, message: &str) -> HeaderMap {
    let plain: String =
        message.chars().map(|c| if c.is_ascii_graphic() && c != '%' { c } else { ' ' }).collect();
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code));
    trailers
        .insert("grpc-message", HeaderValue::from_str(&plain).expect("graphic ASCII and spaces are allowed"));
    trailers
}

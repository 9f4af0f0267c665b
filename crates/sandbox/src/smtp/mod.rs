//! The SMTP edge: what stands behind the organisation's MX record. Takes mail on a loopback port, with or without
//! STARTTLS, and hands it to the mail flow.

mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::world::World;
use session::{Session, Step};

/// Exchange Online closes idle sessions after five minutes; sessions beyond this number wait in the backlog.
const IDLE: Duration = Duration::from_secs(300);
const SESSIONS_MAX: usize = 256;

/// Accepts sessions until `stop`.
pub(crate) async fn serve(
    world: Arc<World>,
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    stop: CancellationToken,
) {
    let acceptor = TlsAcceptor::from(tls);
    let places = Arc::new(Semaphore::new(SESSIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else { continue };
        let (world, acceptor, stop) = (Arc::clone(&world), acceptor.clone(), stop.clone());
        #[expect(clippy::let_underscore_future, reason = "a session ends by itself or with the stop token")]
        let _ = tokio::spawn(async move {
            let _place = place;
            tokio::select! {
                () = stop.cancelled() => {}
                ended = session(&world, stream, peer, &acceptor) => {
                    if let Err(error) = ended { tracing::debug!(%error, "smtp session ended") }
                }
            }
        });
    }
}

async fn session(
    world: &Arc<World>,
    mut stream: TcpStream,
    peer: SocketAddr,
    acceptor: &TlsAcceptor,
) -> std::io::Result<()> {
    let mut session = Session::new(Arc::clone(world), peer.ip());
    stream.write_all(session.greeting().as_bytes()).await?;
    if converse(&mut session, &mut stream).await? == Step::StartTls {
        let mut stream = acceptor.accept(stream).await?;
        session.secured();
        converse(&mut session, &mut stream).await?;
        stream.shutdown().await?;
    }
    Ok(())
}

/// Feeds bytes to the session and sends its replies, until it quits or goes over to TLS.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    session: &mut Session,
    stream: &mut S,
) -> std::io::Result<Step> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match tokio::time::timeout(IDLE, stream.read(&mut buffer)).await {
            Ok(read) => read?,
            Err(_) => {
                stream.write_all(b"421 4.4.2 Connection timed out\r\n").await?;
                return Ok(Step::Quit);
            }
        };
        if read == 0 {
            return Ok(Step::Quit);
        }
        let (replies, step) = session.ingest(&buffer[..read]);
        stream.write_all(replies.as_bytes()).await?;
        stream.flush().await?;
        if step != Step::Continue {
            return Ok(step);
        }
    }
}

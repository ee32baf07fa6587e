//! The access log. What changes something writes its rows in its own transaction, with [`append`]; views are handed to
//! the [`AuditWriter`], which writes them in groups within 250 ms, so that looking costs no write of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use collectief_data::Db;
pub use collectief_data::audit::{AuditCheck, AuditEvent, AuditKind, append, verify};
use collectief_domain::ids::{ContractId, ParticipationId};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout_at},
};

use crate::{Portal, Request, ServiceError, SignedIn};

/// How long the first event of a group waits for others. With the time to write it stays under 250 ms.
const GROUP_TIME: Duration = Duration::from_millis(150);

/// The most events that are written in one transaction.
const GROUP_SIZE: usize = 500;

/// The most events that are kept while the database cannot be written to.
const KEPT_MAX: usize = 200_000;

/// The longest wait between two tries to write a group.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// An event by somebody who is signed in, in this request. Set what it is about with [`About`].
pub fn event(portal: &Portal, request: &Request, who: &SignedIn, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        recorded_at: portal.clock().millis(),
        account: Some(who.account),
        actor_name: Some(actor_name(who)),
        event: kind,
        contract: None,
        participation: None,
        request_id: Arc::clone(&request.id),
        details: String::new(),
    }
}

/// The name under which somebody acts; of staff who see the portal as an employer does it says so.
fn actor_name(who: &SignedIn) -> Arc<str> {
    match &who.viewing {
        Some(viewing) => format!("{} ({})", who.name, viewing.name).into(),
        None => Arc::clone(&who.name),
    }
}

/// An event by nobody who is signed in: a command, a job, or a try to sign in.
pub fn event_of_nobody(portal: &Portal, request: &Request, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        recorded_at: portal.clock().millis(),
        account: None,
        actor_name: None,
        event: kind,
        contract: None,
        participation: None,
        request_id: Arc::clone(&request.id),
        details: String::new(),
    }
}

/// Completes an event with what it is about.
pub trait About: Sized {
    /// On this contract, where it is one.
    #[must_use]
    fn on(self, contract: Option<ContractId>) -> Self;
    /// About this participation.
    #[must_use]
    fn about(self, participation: ParticipationId) -> Self;
    /// With more about it; never personal data. One text is free: why staff look along with an employer, where they are
    /// asked to name nobody.
    #[must_use]
    fn details(self, details: impl Into<String>) -> Self;
}

impl About for AuditEvent {
    fn on(mut self, contract: Option<ContractId>) -> Self {
        self.contract = contract;
        self
    }

    fn about(mut self, participation: ParticipationId) -> Self {
        self.participation = Some(participation);
        self
    }

    fn details(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }
}

enum Message {
    View(AuditEvent),
    Flush(oneshot::Sender<bool>),
}

/// Writes views to the access log, in groups, in the background.
#[derive(Debug, Clone)]
pub struct AuditWriter {
    queue: mpsc::UnboundedSender<Message>,
    /// Events that were handed over and are not yet on disk.
    kept: Arc<AtomicUsize>,
    lost: Arc<AtomicUsize>,
}

impl AuditWriter {
    /// Starts the writer, on the runtime in which this is called.
    pub fn start(db: Db) -> Self {
        let (queue, messages) = mpsc::unbounded_channel();
        let kept = Arc::new(AtomicUsize::new(0));
        tokio::spawn(write_groups(db, messages, Arc::clone(&kept)));
        Self { queue, kept, lost: Arc::default() }
    }

    /// Hands over an event, and never waits. It is on disk within 250 ms, or as soon as the database can be written
    /// to again.
    pub fn view(&self, event: AuditEvent) {
        if self.kept.fetch_add(1, Ordering::AcqRel) >= KEPT_MAX || self.queue.send(Message::View(event)).is_err() {
            self.kept.fetch_sub(1, Ordering::AcqRel);
            self.lost.fetch_add(1, Ordering::Relaxed);
            tracing::error!("the access log cannot keep up: an event was lost");
        }
    }

    /// Waits until everything that was handed over is on disk. Returns `false` when it could not be written now; it is
    /// then still kept, and tried again.
    pub async fn flush(&self) -> bool {
        let (done, answer) = oneshot::channel();
        self.queue.send(Message::Flush(done)).is_ok() && answer.await.unwrap_or(false)
    }

    /// Events that were handed over and are not yet on disk.
    pub fn waiting(&self) -> usize {
        self.kept.load(Ordering::Acquire)
    }

    /// Events that were lost because the database could not be written to for too long.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }
}

async fn write_groups(db: Db, mut messages: mpsc::UnboundedReceiver<Message>, kept: Arc<AtomicUsize>) {
    let mut group = Vec::with_capacity(GROUP_SIZE);
    let mut flushes = Vec::new();
    let mut open = true;
    while open {
        open = collect(&mut messages, &mut group, &mut flushes).await;
        let mut pause = Duration::from_millis(100);
        while !group.is_empty() {
            match write(&db, &group).await {
                Ok(()) => {
                    kept.fetch_sub(group.len(), Ordering::AcqRel);
                    group.clear();
                }
                Err(error) => {
                    tracing::error!(%error, events = group.len(), "the access log cannot be written to");
                    for flush in flushes.drain(..) {
                        let _ = flush.send(false);
                    }
                    if !open {
                        return;
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(RETRY_MAX);
                }
            }
        }
        for flush in flushes.drain(..) {
            // Whoever asked may have given up waiting.
            let _ = flush.send(true);
        }
    }
}

/// Fills the group: from the first event on, for a short time or until it is full or must be on disk now. Returns
/// `false` when nothing more can come.
async fn collect(
    messages: &mut mpsc::UnboundedReceiver<Message>,
    group: &mut Vec<AuditEvent>,
    flushes: &mut Vec<oneshot::Sender<bool>>,
) -> bool {
    let mut until = None;
    while group.len() < GROUP_SIZE {
        let next = match until {
            None => messages.recv().await,
            Some(until) => match timeout_at(until, messages.recv()).await {
                Ok(next) => next,
                Err(_) => return true,
            },
        };
        match next {
            Some(Message::View(event)) => group.push(event),
            Some(Message::Flush(done)) => {
                flushes.push(done);
                return true;
            }
            None => return false,
        }
        until.get_or_insert_with(|| Instant::now() + GROUP_TIME);
    }
    true
}

async fn write(db: &Db, group: &[AuditEvent]) -> Result<(), ServiceError> {
    let txn = db.begin().await?;
    append(&txn, group.iter().cloned());
    Ok(txn.commit().await?)
}

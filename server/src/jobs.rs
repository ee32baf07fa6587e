//! What goes on beside requests: delivering messages, taking away what ended, and counting anew for a new day.

use std::time::Duration;

use collectief_service::{
    Portal,
    outbox::{self, Post},
    participant, remind, session,
};
use tokio::{sync::watch, time::sleep};

/// The time between two looks in the outbox, for what is tried again and for what another server put there.
const OUTBOX_EVERY: Duration = Duration::from_secs(10);

/// The time between what puts a message in the outbox and its delivery. The answer to whoever asked has left by then, so
/// that how long it takes tells nothing of whether there was somebody to write to.
const DELIVERED_AFTER: Duration = Duration::from_millis(200);

/// The time between two looks for reminders that are due.
const REMINDERS_EVERY: Duration = Duration::from_secs(30);

/// The time between two rounds of upkeep.
const UPKEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// Delivers messages, soon after they were put in the outbox, until `stopping` changes.
pub async fn deliver(portal: Portal, post: Post, mut stopping: watch::Receiver<bool>) {
    loop {
        if let Err(error) = outbox::deliver_due(&portal, &post).await {
            tracing::error!(%error, "the outbox cannot be worked");
        }
        let posted = async {
            outbox::something_to_deliver(&portal).await;
            sleep(DELIVERED_AFTER).await;
        };
        tokio::select! {
            () = posted => {}
            () = sleep(OUTBOX_EVERY) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Puts reminders that are due in the outbox until `stopping` changes.
pub async fn remind(portal: Portal, mut stopping: watch::Receiver<bool>) {
    loop {
        if let Err(error) = remind::remind_due(&portal).await {
            tracing::error!(%error, "reminders cannot be made");
        }
        tokio::select! {
            () = sleep(REMINDERS_EVERY) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Takes away sessions that ended and whatever else [no longer counts](session::clear_ended), and brings the counters of
/// contracts up to the day, until `stopping` changes.
pub async fn upkeep(portal: Portal, mut stopping: watch::Receiver<bool>) {
    loop {
        match session::clear_ended(&portal).await {
            Ok(0) => {}
            Ok(ended) => tracing::debug!(ended, "sessions that ended were taken away"),
            Err(error) => tracing::error!(%error, "sessions that ended cannot be taken away"),
        }
        match participant::roll_counts(&portal).await {
            Ok(0) => {}
            Ok(contracts) => tracing::debug!(contracts, "counters were brought up to the day"),
            Err(error) => tracing::error!(%error, "counters cannot be brought up to the day"),
        }
        tokio::select! {
            () = sleep(UPKEEP_EVERY) => {}
            _ = stopping.changed() => return,
        }
    }
}

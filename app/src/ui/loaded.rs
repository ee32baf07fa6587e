//! What is shown of something that has to be loaded first.

use leptos::prelude::*;

/// Shows what `view` makes of what it waits for. It stands in a `Suspense` or `Transition`.
///
/// In the browser `view` is called again when what it read has changed. On the server nothing changes while a page is
/// written, and a closure would be called, and its view made, twice: once to find what has to be loaded, and once to
/// be written.
pub fn loaded<Waiting, Shown>(view: impl Fn() -> Waiting + Send + 'static) -> impl IntoView
where
    Waiting: Future<Output = Shown> + Send + 'static,
    Shown: IntoView + 'static,
{
    #[cfg(feature = "ssr")]
    return Suspend::new(view());
    #[cfg(not(feature = "ssr"))]
    return move || Suspend::new(view());
}

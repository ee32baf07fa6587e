//! What is kept on this device: choices of how something looks or works, and never personal data.

/// What is kept under this name; nothing on the server, and where the store is forbidden.
pub fn read(name: &str) -> Option<String> {
    store::read(name)
}

/// Keeps a text under this name. A full or forbidden store only means that it is not kept.
pub fn write(name: &str, text: &str) {
    store::write(name, text);
}

#[cfg(feature = "hydrate")]
mod store {
    fn storage() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok().flatten()
    }

    pub fn read(name: &str) -> Option<String> {
        storage()?.get_item(name).ok().flatten()
    }

    pub fn write(name: &str, text: &str) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(name, text);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod store {
    pub fn read(_name: &str) -> Option<String> {
        None
    }
    pub fn write(_name: &str, _text: &str) {}
}

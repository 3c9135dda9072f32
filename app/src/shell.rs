//! The HTML document around the application.

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{App, pages, request};

/// Renders the document. `output_name` contains the hash of the site's files. If it is empty, there
/// is no browser side, and the page works without it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let LeptosOptions {
        output_name: name,
        site_pkg_dir: folder,
        ..
    } = options;
    let built = !name.is_empty();
    let needs_wasm = built && pages::needs_wasm(&request::path());
    let below = format!("/{folder}/{name}");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {built.then(|| view! { <link rel="stylesheet" href=format!("{below}.css") /> })}
                {needs_wasm.then(|| scripts(&below))}
                {is_watched().then(|| view! { <script type="module" src="/reload.js"></script> })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Returns true under `cargo xtask watch`, which reloads pages after a rebuild. Always false in a
/// release.
fn is_watched() -> bool {
    cfg!(debug_assertions) && std::env::var_os("XTASK_WATCH").is_some()
}

/// Loads and starts the browser side. Not the scripts of Leptos 0.8.23, because they put the nonce
/// into `crossorigin` (leptos #4843).
fn scripts(below: &str) -> impl IntoView + use<> {
    let (js, wasm) = (format!("{below}.js"), format!("{below}_bg.wasm"));
    let start = format!(
        "import start,{{hydrate}} from {js:?};\
         await start({{module_or_path:{wasm:?}}});hydrate()"
    );
    view! {
        <link rel="modulepreload" href=js />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}

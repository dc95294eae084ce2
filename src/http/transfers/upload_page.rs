//! The page on which somebody brings a file.

use maud::{Markup, html};

use crate::{
    app::App,
    http::ui::{
        homes::homes,
        layout::csrf,
        words::{bytes, sentence},
    },
    site::sessions::Session,
    words::{say, text},
};

/// The form; without room there is only the reason why nothing can be brought.
pub(super) fn form(app: &App, session: &Session, most: Option<u64>, why: Option<&str>) -> Markup {
    let here = app.config.domain();
    html! {
        h1 { (say!("transfers-bring-a-file")) }
        (homes(&text!("transfers-a-file"), &format!("@{}@{here}", session.account.username)))
        p { (say!("transfers-bring-a-file-means", here = here)) }
        @if let Some(why) = why { p.warning #why role="alert" { (sentence(why)) } }
        @if let Some(most) = most {
            form.card method="post" action="/transfers/archive" enctype="multipart/form-data" {
                // First, so that it is read before a byte of a file is kept.
                (csrf(session))
                label for="archive" { (say!("transfers-the-archive")) }
                input #archive type="file" name="archive" required accept=".zip,.tar.gz,.tgz,application/zip,application/gzip"
                    aria-describedby=(if why.is_some() { "why most" } else { "most" });
                p.hint #most { (say!("transfers-zip-or-tar-up-to", most = bytes(most))) }
                label for="lists" { (say!("transfers-lists-beside-it")) }
                input #lists type="file" name="lists" multiple accept=".csv,text/csv" aria-describedby="csv";
                p.hint #csv { (say!("transfers-lists-are")) }
                p.actions { button.primary type="submit" { (say!("transfers-send-the-file")) } }
            }
            p.hint { (say!("transfers-after-sending")) }
        }
        details.choice {
            summary { (say!("transfers-what-a-file-cannot")) }
            ul {
                li { (say!("transfers-a-file-announces-nothing")) }
                li { (say!("transfers-a-file-proves-nothing")) }
                li { (say!("transfers-a-file-stays-as-it-is")) }
            }
        }
        p.actions { a.button href="/transfers/new" { (say!("transfers-old-home-still-answers")) } }
    }
}

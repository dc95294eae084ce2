//! An archive file, brought through the browser: streamed to the disk as it comes, looked at, and then a copy like
//! every other. Works without scripts; a file that breaks off leaves nothing.

use std::path::Path;

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use futures::StreamExt;
use tokio::{
    fs::File,
    io::AsyncWriteExt,
    sync::{Semaphore, TryAcquireError},
};

use super::{pages::see, upload_page};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::{
            layout::{Home, page},
            words::bytes,
        },
    },
    model::id::TransferId,
    port::error::AdapterError,
    site::sessions::Session,
    store::uploads::Arriving,
    transfer::{TransferError, bring, trouble},
    words::text,
};

/// Files that come at the same time; more would only make each other slower.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// Lists that may lie beside an archive, and bytes of one.
const LISTS: usize = 12;
const LIST_BYTES: u64 = 16 << 20;
/// Bytes between two looks at the disk.
const LOOK_BYTES: u64 = 16 << 20;
/// Bytes that are read and thrown away of a form that is refused: a browser that is cut off shows no reason.
const POLITE_BYTES: u64 = 1 << 30;

/// Why nothing was taken.
enum Refusal {
    /// A sentence above the form.
    Said(String),
    /// A page of its own.
    Page(Problem),
}

impl From<TransferError> for Refusal {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Refused(why) | TransferError::Adapter(AdapterError::Fatal { why, .. }) => {
                Self::Said(why)
            }
            TransferError::Adapter(error) => Self::Said(trouble::cause(&error, &text!("transfers-a-file"))),
            TransferError::During(_, error) => (*error).into(),
            TransferError::Store(error) => Self::Page(Problem::from(error).page()),
        }
    }
}

/// What lies on the disk.
#[derive(Default)]
struct Brought {
    called: String,
    archive: Option<String>,
    lists: Vec<String>,
}

/// `GET /transfers/archive`.
pub(super) async fn form(app: web::Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let room = room(&app, &signed.session).await;
    let (most, why) = match room {
        Ok(most) => (Some(most), None),
        Err(Refusal::Said(why)) => (None, Some(why)),
        Err(Refusal::Page(problem)) => return Err(problem),
    };
    Ok(shown(&app, &signed.session, most, why.as_deref()))
}

fn shown(app: &App, session: &Session, most: Option<u64>, why: Option<&str>) -> HttpResponse {
    let body = upload_page::form(app, session, most, why);
    page(app, Some(session), Home::New, &text!("transfers-bring-a-file"), &body)
}

/// How many bytes may come from this person now.
async fn room(app: &App, session: &Session) -> Result<u64, Refusal> {
    let most = app.config.limits.archive_bytes;
    Ok(bring::room_for_a_file(&app.engine, &session.account.id, most).await?)
}

/// `POST /transfers/archive`.
pub(super) async fn take(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let mut form = Multipart::new(request.headers(), payload);
    match taken(&app, &signed, &mut form).await {
        Ok(id) => Ok(see(&format!("/transfers/{id}"))),
        Err(Refusal::Page(problem)) => Err(problem),
        Err(Refusal::Said(why)) => {
            drain(&mut form).await;
            let most = room(&app, &signed.session).await.ok();
            let mut response = shown(&app, &signed.session, most, Some(&why));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

async fn taken(app: &App, signed: &SignedIn, form: &mut Multipart) -> Result<TransferId, Refusal> {
    let _place = match AT_ONCE.try_acquire() {
        Ok(place) => place,
        Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
            return Err(Refusal::Said(text!("transfers-others-are-sending")));
        }
    };
    let most = room(app, &signed.session).await?;
    let arriving = app.engine.uploads.begin().map_err(|error| no_room(&error))?;
    let brought = read(app, signed, form, &arriving, most).await?;
    let Some(path) = brought.archive else {
        return Err(Refusal::Said(text!("transfers-choose-a-file-first")));
    };
    let id = TransferId::from(app.clock.id());
    let copy = bring::copy_of(&id, &signed.session.account.id, &brought.called, path, brought.lists);
    bring::look(&app.engine, &copy).await?;
    bring::begin(&app.engine, copy, arriving).await?;
    Ok(id)
}

/// Reads the form field by field. The session's token comes first; without it no byte of a file is written.
async fn read(
    app: &App,
    signed: &SignedIn,
    form: &mut Multipart,
    arriving: &Arriving,
    most: u64,
) -> Result<Brought, Refusal> {
    let mut brought = Brought::default();
    let mut is_checked = false;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|_| broken_off())?;
        let name = field.name().unwrap_or_default().to_owned();
        let called = field.content_disposition().and_then(|told| told.get_filename()).map(plain_name);
        match name.as_str() {
            "csrf" => {
                let told = small(&mut field).await?;
                signed.check_form(&told).map_err(|problem| Refusal::Page(problem.page()))?;
                is_checked = true;
            }
            _ if !is_checked => {
                signed.check_form("").map_err(|problem| Refusal::Page(problem.page()))?;
            }
            "archive" if brought.archive.is_none() => {
                let place = arriving.path().join("archive");
                if write(app, &mut field, &place, most).await? > 0 {
                    brought.called = called.unwrap_or_else(|| text!("transfers-a-file"));
                    brought.archive = Some(place.to_string_lossy().into_owned());
                }
            }
            "lists" if brought.lists.len() < LISTS => {
                let called = called.unwrap_or_default();
                let place = arriving.path().join(format!("{}-{called}.csv", brought.lists.len()));
                if write(app, &mut field, &place, LIST_BYTES).await? > 0 {
                    brought.lists.push(place.to_string_lossy().into_owned());
                }
            }
            _ => {}
        }
    }
    Ok(brought)
}

/// A field that is a word.
async fn small(field: &mut Field) -> Result<String, Refusal> {
    let mut told = Vec::new();
    while let Some(chunk) = field.next().await {
        told.extend_from_slice(&chunk.map_err(|_| broken_off())?);
        if told.len() > 256 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&told).into_owned())
}

/// Writes a field to the disk as it comes; tells how long it was.
async fn write(app: &App, field: &mut Field, place: &Path, most: u64) -> Result<u64, Refusal> {
    let mut file = File::create(place).await.map_err(|error| no_room(&error))?;
    let (mut length, mut looked) = (0_u64, 0_u64);
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| broken_off())?;
        length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if length > most {
            return Err(Refusal::Said(text!("transfers-the-file-is-larger-than", most = bytes(most))));
        }
        if length - looked >= LOOK_BYTES {
            looked = length;
            let keep = app.config.policy.arriving.limits.free_disk_bytes.unwrap_or(0).max(LOOK_BYTES);
            if app.blobs.free_bytes().is_some_and(|free| free < keep) {
                return Err(Refusal::Said(text!("transfers-the-disk-is-full")));
            }
        }
        file.write_all(&chunk).await.map_err(|error| no_room(&error))?;
    }
    file.flush().await.map_err(|error| no_room(&error))?;
    Ok(length)
}

/// Reads on to where the browser listens, without keeping anything.
async fn drain(form: &mut Multipart) {
    let mut length = 0_u64;
    while let Some(Ok(mut field)) = form.next().await {
        while let Some(Ok(chunk)) = field.next().await {
            length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if length > POLITE_BYTES {
                return;
            }
        }
    }
}

fn broken_off() -> Refusal {
    Refusal::Said(text!("transfers-the-file-broke-off"))
}

fn no_room(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "an archive that is brought cannot be written");
    Refusal::Said(text!("transfers-the-disk-is-full"))
}

/// The last part of a file's name, as far as it is harmless: it is shown, and a list is told by it.
fn plain_name(told: &str) -> String {
    let last = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    last.chars().filter(is_plain).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_leads_nowhere() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name(r"C:\Users\ann\archive-2024.zip"), "archive-2024.zip");
        assert_eq!(plain_name("<b>follows.csv"), "bfollows.csv");
        assert_eq!(plain_name(".."), "..");
    }
}

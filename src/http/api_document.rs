//! The description of every JSON endpoint, put together from what stands at the handlers.

use utoipa::{
    OpenApi,
    openapi::{
        Content, RefOr, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{
    desk, lola, oauth, problem,
    problem::{PROBLEM_JSON, ProblemDocument},
    problem_kinds, relations, site, transfers,
};

/// What stands above the endpoints.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "godwit",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later"),
        description = "Copying an account to this server, and letting one leave it. Errors are \
            application/problem+json; their kinds are listed in problems.md. What an export says and means \
            is described in lola.md."
    ),
    components(schemas(ProblemDocument)),
    tags(
        (name = "transfers", description = "New home: bringing an account here"),
        (name = "desk", description = "Admins: who comes and goes, by which rules, and the book"),
        (name = "account", description = "Who is signed in, and what they are told"),
        (name = "consent", description = "OAuth: asking an owner, redeeming the answer, giving it back"),
        (name = "lola", description = "Old home: what the holder of a token reads and hands over"),
        (name = "problems", description = "What errors mean")
    )
)]
struct Frame;

/// The document. `api-spec/openapi.json` is this, and a test compares.
pub fn api_document() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    for part in [
        transfers::ApiDoc::openapi(),
        site::ApiDoc::openapi(),
        relations::ApiDoc::openapi(),
        oauth::ApiDoc::openapi(),
        lola::ApiDoc::openapi(),
        desk::ApiDoc::openapi(),
        problem_kinds::ApiDoc::openapi(),
    ] {
        document.merge(part);
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [("get", &mut item.get), ("post", &mut item.post)] {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
                add_problem(operation);
            }
        }
    }
    if let Some(components) = &mut document.components {
        let cookie = ApiKeyValue::with_description(
            "__Host-godwit",
            "The session cookie of the sign-in page; on plain http its name is godwit_ and the port.",
        );
        let csrf = ApiKeyValue::with_description("X-CSRF-Token", "The `csrf` of GET /api/v1/me.");
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of the token endpoint; its scope stands at each address."))
            .build();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("csrf", SecurityScheme::ApiKey(ApiKey::Header(csrf)));
        components.add_security_scheme("lola", SecurityScheme::Http(bearer));
    }
    document
}

/// A name that no other endpoint has; handlers of different folders are called the same.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Every endpoint answers errors in the same form.
fn add_problem(operation: &mut Operation) {
    let schema = utoipa::openapi::Ref::from_schema_name(problem_name());
    let answer = ResponseBuilder::new()
        .description("A problem; its type leads to what it means.")
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(answer));
}

/// The name problem documents have among the schemas.
fn problem_name() -> String {
    <problem::ProblemDocument as utoipa::ToSchema>::name().into_owned()
}

//! What a page is made of, and how it is sent.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// One page: words, and perhaps a form.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub title: String,
    /// The pages beside this one.
    pub beside: Vec<Beside>,
    /// What went wrong, read out at once.
    pub alert: Option<String>,
    /// What was done, read out when there is time.
    pub done: Option<String>,
    pub paragraphs: Vec<String>,
    /// Where else one may want to go.
    pub links: Vec<Link>,
    pub form: Option<Form>,
    pub sections: Vec<Section>,
    /// A picture that we drew, as an SVG element: it is not escaped.
    pub picture: Option<String>,
    pub passkey: Option<Ceremony>,
    /// Its forms may lead to another origin: to an application, or to a provider.
    pub leads_away: bool,
}

/// What a browser is asked to do with a passkey. The one thing that needs a script.
#[derive(Debug)]
pub(crate) struct Ceremony {
    /// `create` or `get`.
    pub kind: &'static str,
    /// The options, as JSON.
    pub options: String,
    /// Where the answer goes.
    pub action: String,
    pub label: &'static str,
    /// What is said when nothing came of it.
    pub failed: &'static str,
    /// What is said where scripts do not run.
    pub no_script: &'static str,
}

/// One of several pages that belong together.
#[derive(Debug)]
pub(crate) struct Beside {
    pub label: &'static str,
    pub to: String,
    /// It is this one.
    pub here: bool,
}

/// A part of a page under a heading of its own.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Names and what is known of them.
    pub facts: Vec<(&'static str, String)>,
    pub items: Vec<Item>,
    pub form: Option<Form>,
    pub links: Vec<Link>,
}

/// One of a list, and perhaps what one may do with it.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub title: String,
    pub lines: Vec<String>,
    pub form: Option<Form>,
}

/// A link: what it says and where it leads.
#[derive(Debug)]
pub(crate) struct Link {
    pub label: String,
    pub to: String,
}

/// A form. It posts to the page's own address unless another is given.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub action: Option<String>,
    /// What is sent along and not shown.
    pub hidden: Option<(&'static str, String)>,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

/// A labelled field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub name: &'static str,
    pub label: String,
    /// The input's type; what was typed into a `password` is never sent back.
    pub kind: &'static str,
    pub value: String,
    pub hint: String,
    pub autocomplete: &'static str,
    pub required: bool,
    pub least: Option<usize>,
    pub error: Option<String>,
}

/// A button: what it says, and what it answers.
#[derive(Debug)]
pub(crate) struct Button {
    pub label: &'static str,
    pub value: &'static str,
    /// Not the main one; works although fields are empty.
    pub second: bool,
}

impl Field {
    /// The ids of the texts that describe the field.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

impl Page {
    /// Puts an error next to its field, or on top of the page when it is about none of them.
    pub fn with_error(mut self, field: Option<&str>, error: String) -> Self {
        let forms = self.form.iter_mut().chain(self.sections.iter_mut().flat_map(|section| &mut section.form));
        let mut fields = forms.flat_map(|form| &mut form.fields);
        match fields.find(|candidate| Some(candidate.name) == field) {
            Some(field) => field.error = Some(error),
            None => self.alert = Some(error),
        }
        self
    }

    /// The page as an answer. `root` is the path under which Carillon is mounted.
    pub fn response(self, status: StatusCode, root: &str) -> Response {
        let (title, scripts) = (self.title.clone(), if self.passkey.is_some() { "script-src 'self'; " } else { "" });
        let forms = if self.leads_away { "" } else { OWN_FORMS };
        html(status, &PageHtml { title, root, page: &self }, &policy(scripts, forms))
    }

    /// The same page, whose forms may lead to another origin. Browsers apply `form-action` to every redirect after a form
    /// too, also the application's own, which nobody knows here; so the policy leaves it open, and what the page says
    /// is escaped, as on every page.
    #[must_use]
    pub fn leading_away(self) -> Self {
        Self { leads_away: true, ..self }
    }
}

/// What forms may lead to: ourselves.
const OWN_FORMS: &str = "form-action 'self'; ";

/// What every page may load: our style sheet, and nothing else but these.
fn policy(scripts: &str, forms: &str) -> String {
    format!("default-src 'none'; style-src 'self'; {scripts}{forms}base-uri 'none'; frame-ancestors 'none'")
}

/// A page of another template, without a script.
pub(super) fn plain(status: StatusCode, template: &impl Template) -> Response {
    html(status, template, &policy("", OWN_FORMS))
}

/// A page whose form may lead to an application of another origin.
pub(crate) fn leaving(page: Page, status: StatusCode, root: &str) -> Response {
    page.leading_away().response(status, root)
}

#[derive(Template)]
#[template(path = "page.html")]
struct PageHtml<'a> {
    title: String,
    root: &'a str,
    page: &'a Page,
}

/// Renders a template, with the headers that every page has: nothing is loaded but what the policy says, nothing is kept
/// by caches, and the link in the address goes nowhere else.
fn html(status: StatusCode, template: &impl Template, policy: &str) -> Response {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(body)).into_response()
}

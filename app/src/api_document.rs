//! Description of the API (`OpenAPI` 3.1), prepared for its page.

use std::sync::Arc;

use serde_json::Value;

use crate::paths;

/// Operations of the API. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ApiDocument(pub Arc<[Operation]>);

/// Operation of the API.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// ID of its section in the page.
    pub id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Path, with parameters in braces.
    pub path: String,
    /// Summary in one line.
    pub summary: String,
    /// Further description.
    pub description: String,
    /// Scope that the key needs. Empty if no key is needed.
    pub scope: String,
    /// Parameters in the path, the query, or headers.
    pub parameters: Vec<Entry>,
    /// Fields of a JSON body.
    pub fields: Vec<Entry>,
    /// Example of the body.
    pub example: Option<String>,
    /// Response statuses, and fields of the response.
    pub answers: Vec<Entry>,
}

/// Name with its meaning.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// Location or type.
    pub kind: String,
    /// Meaning. Code is enclosed in backquotes.
    pub description: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl ApiDocument {
    /// Reads the document that the server generated.
    pub fn read(document: &Value) -> Self {
        let mut operations: Vec<Operation> = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in ["post", "get"] {
                if let Some(operation) = item.get(method) {
                    operations.push(Operation::read(document, path, method, operation));
                }
            }
        }
        // These operations are used most.
        operations.sort_by_key(|operation| !operation.path.starts_with(paths::api::Messages::PATH));
        Self(operations.into())
    }
}

impl Operation {
    fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Self {
        let json = &operation["requestBody"]["content"]["application/json"]["schema"];
        let schema = resolve(document, json);
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let answers = operation["responses"].as_object().into_iter().flatten();
        Self {
            id: text(&operation["operationId"]),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            scope: text(&operation["security"][0]["key"][0]),
            parameters: parameters
                .map(|parameter| Entry {
                    name: text(&parameter["name"]),
                    kind: text(&parameter["in"]),
                    description: text(&parameter["description"]),
                })
                .collect(),
            fields: fields(document, schema, ""),
            example: schema.get("example").map(ToString::to_string),
            answers: answers
                .map(|(status, answer)| Entry {
                    name: status.clone(),
                    kind: String::new(),
                    description: text(&answer["description"]),
                })
                .collect(),
        }
    }
}

/// Returns the properties of a schema, followed by those of the items of its lists.
fn fields(document: &Value, schema: &Value, before: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let items = resolve(document, &property["items"]);
        let name = format!("{before}{name}");
        entries.push(Entry {
            name: name.clone(),
            kind: kind(property),
            description: text(&property["description"]),
        });
        entries.extend(fields(document, items, &format!("{name}[].")));
    }
    entries
}

fn kind(schema: &Value) -> String {
    match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => text(&several[0]),
        _ => String::new(),
    }
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str();
    let found = reference.and_then(|at| document.pointer(at.trim_start_matches('#')));
    found.unwrap_or(schema)
}

//! Makes the module compress better. Functions with the same code become one, and functions of
//! similar code stand beside each other.
//!
//! The linker for WASM keeps every instance of a generic function, and walrus writes functions by
//! their size.

mod similarity;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Encode, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, KnownCustom, Name,
    NameSectionReader, Parser, Payload, TypeRef,
};

/// Rewrites a module, without its custom sections.
pub fn arrange(wasm: &[u8]) -> Result<Vec<u8>> {
    let functions = Functions::read(wasm)?;
    let same_as = functions.duplicates()?;
    let mut kept: Vec<usize> = (0..functions.types.len())
        .filter(|function| same_as[*function] == *function)
        .collect();
    kept.sort_by_key(|function| functions.path_and_length(*function));
    let order = similarity::order(&functions.bodies, &kept);
    let mut arrangement = Arrangement::new(functions.imported, &same_as, order);
    let mut module = Module::new();
    utils::parse_core_module(&mut arrangement, &mut module, Parser::new(0), wasm)
        .context("cannot write the module")?;
    Ok(module.finish())
}

/// The functions of a module, by their position in the code section.
#[derive(Default)]
struct Functions<'a> {
    /// Number of imported functions, whose indexes come first.
    imported: u32,
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    /// By index, imported functions included.
    names: BTreeMap<u32, &'a str>,
}

impl<'a> Functions<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if matches!(import?.ty, TypeRef::Func(_)) {
                            functions.imported += 1;
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    functions.types = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => functions.bodies.push(body),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        functions.names = names(section)?;
                    }
                }
                _ => {}
            }
        }
        Ok(functions)
    }

    /// Returns for each function the first one with the same code. Functions that differ only in
    /// which of two equal functions they call are equal as well.
    fn duplicates(&self) -> Result<Vec<usize>> {
        let all: Vec<usize> = (0..self.types.len()).collect();
        let mut same_as = all.clone();
        loop {
            let mut arrangement = Arrangement::new(self.imported, &same_as, all.clone());
            let mut first = HashMap::new();
            let mut next = Vec::with_capacity(same_as.len());
            for (function, (body, kind)) in self.bodies.iter().zip(&self.types).enumerate() {
                let mut code = CodeSection::new();
                arrangement.parse_function_body(&mut code, body.clone())?;
                let mut bytes = Vec::new();
                code.encode(&mut bytes);
                next.push(*first.entry((*kind, bytes)).or_insert(function));
            }
            if next == same_as {
                return Ok(same_as);
            }
            same_as = next;
        }
    }

    /// Returns the name, without the hash that tells instances of a generic function apart, and
    /// the length of the code.
    fn path_and_length(&self, function: usize) -> (&'a str, usize) {
        let index = u32::try_from(function).unwrap_or(u32::MAX);
        let name = self.names.get(&(self.imported + index));
        let name = name.copied().unwrap_or_default();
        let path = name
            .rsplit_once("::h")
            .filter(|(_, hash)| hash.len() == 16)
            .map_or(name, |(path, _)| path);
        (path, self.bodies[function].as_bytes().len())
    }
}

fn names(section: NameSectionReader<'_>) -> Result<BTreeMap<u32, &str>> {
    let mut names = BTreeMap::new();
    for part in section {
        if let Name::Function(functions) = part? {
            for name in functions {
                let name = name?;
                names.insert(name.index, name.name);
            }
        }
    }
    Ok(names)
}

/// New places of the functions.
struct Arrangement {
    imported: u32,
    /// The new index of each function.
    indexes: Vec<u32>,
    /// The functions that are written, in their new order.
    order: Vec<usize>,
}

impl Arrangement {
    fn new(imported: u32, same_as: &[usize], order: Vec<usize>) -> Self {
        let mut places = vec![0; same_as.len()];
        for (place, function) in (imported..).zip(&order) {
            places[*function] = place;
        }
        Self {
            imported,
            indexes: same_as.iter().map(|same| places[*same]).collect(),
            order,
        }
    }
}

impl Reencode for Arrangement {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(index
            .checked_sub(self.imported)
            .map_or(index, |function| self.indexes[function as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for function in &self.order {
            functions.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_functions_become_one_and_calls_follow() {
        let mut module = walrus::Module::default();
        let mut constant = |value: i32| {
            let results = [walrus::ValType::I32];
            let mut function = walrus::FunctionBuilder::new(&mut module.types, &[], &results);
            function.func_body().i32_const(value);
            function.finish(vec![], &mut module.funcs)
        };
        let (one, two, again) = (constant(1), constant(2), constant(1));
        let mut calling = |callee| {
            let results = [walrus::ValType::I32];
            let mut function = walrus::FunctionBuilder::new(&mut module.types, &[], &results);
            function.func_body().call(callee);
            function.finish(vec![], &mut module.funcs)
        };
        let callers = [calling(one), calling(two), calling(again)];
        for (name, caller) in ["a", "b", "c"].into_iter().zip(callers) {
            module.exports.add(name, caller);
        }

        let arranged = arrange(&module.emit_wasm()).unwrap();
        let read = Functions::read(&arranged).unwrap();
        assert_eq!(read.bodies.len(), 4);
        let module = walrus::Module::from_buffer(&arranged).unwrap();
        let exported = |name| module.exports.get_func(name).unwrap();
        assert_eq!(exported("a"), exported("c"));
        assert_ne!(exported("a"), exported("b"));
    }
}

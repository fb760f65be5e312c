"""Queries of every feature of SPARQL 1.1, over small data: what the server answers is held to the engine's.

``CASES`` maps a data set to (name, query) pairs; the data sets stand in ``DATA`` as (extension, text).
"""

PREFIXES = """
PREFIX : <http://e/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
"""

DATA = {
    "people": (
        "ttl",
        """
@prefix : <http://e/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
:ann a foaf:Person ; foaf:name "Ann" ; :age 31 ; foaf:knows :bob , :cem ; foaf:mbox <mailto:ann@e> .
:bob a foaf:Person ; foaf:name "Bob"@en , "Робби"@ru ; :age 27 ; foaf:knows :cem .
:cem a foaf:Person ; foaf:name "Cem" ; :age 27.5 ; foaf:knows [ foaf:name "Nobody's" ] .
:dee foaf:nick "D\\"ee\\n" ; :age "unknown" .
:list :items ( 1 2 3 ) .
<#here> :is <other> .
""",
    ),
    "graphs": (
        "trig",
        """
@prefix : <http://e/> .
:x :in "default" . :x :n 1 .
:g1 { :x :in "one" . :x :n 2 . :y :in "both" }
:g2 { :x :in "two" . :y :in "both" . :x :see :g1 }
""",
    ),
    "values": (
        "nt",
        """
<http://e/a> <http://e/v> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://e/b> <http://e/v> "2.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<http://e/c> <http://e/v> "1.0E3"^^<http://www.w3.org/2001/XMLSchema#double> .
<http://e/d> <http://e/v> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<http://e/e> <http://e/v> "1953-12-14"^^<http://www.w3.org/2001/XMLSchema#date> .
<http://e/f> <http://e/v> "1953-12-14T08:30:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<http://e/g> <http://e/v> "foobar" .
<http://e/h> <http://e/v> "foobar"@en .
<http://e/i> <http://e/v> "\\u5960\\u8FB9\\u5E9C"@zh .
<http://e/j> <http://e/v> "x"^^<http://e/own> .
<http://e/k> <http://e/v> "a,b\\"c\\r\\n\\td" .
""",
    ),
    "paths": (
        "nq",
        """
<http://e/a> <http://e/p> <http://e/b> .
<http://e/b> <http://e/p> <http://e/c> .
<http://e/c> <http://e/p> <http://e/a> .
<http://e/c> <http://e/q> <http://e/d> .
<http://e/d> <http://e/r> <http://e/e> .
<http://e/z> <http://e/p> <http://e/y> <http://e/other> .
""",
    ),
    "markup": (
        "rdf",
        """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
  <rdf:Description rdf:about="http://e/s">
    <e:p xml:lang="en">in XML</e:p>
    <e:p rdf:resource="rel"/>
  </rdf:Description>
</rdf:RDF>
""",
    ),
    "empty": ("ttl", ""),
}

CASES: dict[str, dict[str, str]] = {
    "people": {
        "basic graph pattern": "SELECT ?n { ?p a foaf:Person ; foaf:name ?n }",
        "optional": "SELECT ?p ?m { ?p :age ?a OPTIONAL { ?p foaf:mbox ?m } }",
        "optional with filter": "SELECT ?p ?a { ?p foaf:name ?n OPTIONAL { ?p :age ?a FILTER(?a > 28) } }",
        "union": "SELECT ?x { { ?p foaf:name ?x } UNION { ?p foaf:nick ?x } }",
        "minus": "SELECT ?p { ?p :age ?a MINUS { ?p foaf:mbox ?m } }",
        "filter exists": "SELECT ?p { ?p :age ?a FILTER EXISTS { ?p foaf:knows :cem } }",
        "filter not exists": "SELECT ?p { ?p :age ?a FILTER NOT EXISTS { ?p foaf:name ?n } }",
        "order by": "SELECT ?p ?a { ?p :age ?a } ORDER BY DESC(?a) ?p",
        "limit and offset": "SELECT ?p { ?p :age ?a } ORDER BY ?p LIMIT 2 OFFSET 1",
        "distinct": "SELECT DISTINCT ?k { ?p foaf:knows ?k }",
        "reduced": "SELECT REDUCED ?t { ?p a ?t }",
        "bind": "SELECT ?p ?b { ?p :age ?a BIND(?a * 2 AS ?b) }",
        "values after": "SELECT ?p ?n { ?p foaf:name ?n } VALUES ?p { :ann :cem }",
        "values with undef": 'SELECT ?p ?n { VALUES (?p ?n) { (:ann UNDEF) (UNDEF "Cem") } ?p foaf:name ?n }',
        "count": "SELECT (COUNT(*) AS ?c) (COUNT(DISTINCT ?k) AS ?d) { ?p foaf:knows ?k }",
        "group by having": "SELECT ?p (COUNT(?k) AS ?c) { ?p foaf:knows ?k } GROUP BY ?p"
        " HAVING(COUNT(?k) > 1)",
        "sum min max avg": "SELECT (SUM(?a) AS ?s) (MIN(?a) AS ?l) (MAX(?a) AS ?h) (AVG(?a) AS ?m)"
        " { ?p :age ?a FILTER(isNumeric(?a)) }",
        "aggregate of an error": "SELECT (SUM(?a) AS ?s) { ?p :age ?a }",
        "group_concat": "SELECT (GROUP_CONCAT(?n; SEPARATOR='|') AS ?g)"
        " { SELECT ?n { ?p foaf:name ?n } ORDER BY STR(?n) }",
        "subselect": "SELECT ?p ?m { ?p :age ?m { SELECT (MAX(?a) AS ?m) { ?p :age ?a"
        " FILTER(isNumeric(?a)) } } }",
        "blank nodes": "SELECT ?n { :cem foaf:knows [ foaf:name ?n ] }",
        "collection": "SELECT ?x { :list :items/rdf:rest*/rdf:first ?x }",
        "collection syntax": "ASK { :list :items ( 1 2 3 ) }",
        "lang": 'SELECT ?n { :bob foaf:name ?n FILTER(langMatches(LANG(?n), "RU")) }',
        "in and not in": "SELECT ?p { ?p :age ?a FILTER(?a IN (27, 31) && ?p NOT IN (:bob)) }",
        "unbound": "SELECT ?p { ?p :age ?a OPTIONAL { ?p foaf:mbox ?m } FILTER(!BOUND(?m)) }",
        "ask true": "ASK { :ann foaf:knows :bob }",
        "ask false": "ASK { :ann foaf:knows :dee }",
        "construct": "CONSTRUCT { ?k :knownBy ?p } WHERE { ?p foaf:knows ?k }",
        "construct where": "CONSTRUCT WHERE { ?p foaf:name ?n }",
        "construct with blank nodes": "CONSTRUCT { ?p :has [ :name ?n ] } WHERE { ?p foaf:name ?n }",
        "construct with a list": "CONSTRUCT { :l :is ( ?n ) } WHERE { :ann foaf:name ?n }",
        "describe": "DESCRIBE :ann",
        "a service in a string": 'SELECT ?x { BIND("SERVICE <http://x/> { }" AS ?x) } # SERVICE'
        " <http://y/> {}",
        "service as names": "PREFIX service: <http://e/> SELECT ?service { service:ann foaf:name ?service }",
        "service as a language": 'SELECT ?x { VALUES ?x { "a"@service } }',
        "codepoint escapes": 'SELECT ?p { ?p foaf:name "\\u0041nn" }',
        "select star": "SELECT * { :ann ?p ?o }",
        "no variables": 'SELECT * { :ann foaf:name "Ann" }',
        "relative to the file": "SELECT ?s ?o { ?s :is ?o }",
    },
    "graphs": {
        "default graph only": "SELECT ?o { :x :in ?o }",
        "graph variable": "SELECT ?g ?o { GRAPH ?g { :x :in ?o } }",
        "graph constant": "SELECT ?o { GRAPH :g1 { :x :in ?o } }",
        "graph joined with default": "SELECT ?g { :x :n ?n GRAPH ?g { :x :in ?o } }",
        "graph name in data": "SELECT ?o { GRAPH ?a { :x :see ?b } GRAPH ?b { :x :in ?o } }",
        "empty graph pattern": "SELECT ?g { GRAPH ?g { } }",
        "from": "SELECT ?o FROM :g1 { :x :in ?o }",
        "from two": "SELECT ?o FROM :g1 FROM :g2 { ?s :in ?o }",
        "from named": "SELECT ?g ?o FROM NAMED :g2 { GRAPH ?g { :x :in ?o } }",
        "from named hides default": "SELECT ?o FROM NAMED :g2 { :x :in ?o }",
        "from and from named": "SELECT ?o ?p FROM :g1 FROM NAMED :g2 { :x :in ?o GRAPH ?g { :x :in ?p } }",
        "from a graph that is not there": "SELECT ?o FROM <http://nowhere/> { ?s :in ?o }",
        "exists in graph": "SELECT ?g { GRAPH ?g { ?s :in ?o FILTER EXISTS { :x :see ?z } } }",
        "construct from graphs": "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }",
        "from with base": "BASE <http://e/> SELECT ?o FROM <g1> { <x> <in> ?o }",
    },
    "values": {
        "all values": "SELECT ?s ?v { ?s :v ?v }",
        "arithmetic": "SELECT ?s (?v + 1 AS ?w) (?v / 0 AS ?z) { ?s :v ?v FILTER(isNumeric(?v)) }",
        "comparison": "SELECT ?s { ?s :v ?v FILTER(?v >= 2) }",
        "equality": "SELECT ?s { ?s :v ?v FILTER(?v = 1.0) }",
        "same term": 'SELECT ?s { ?s :v ?v FILTER(sameTerm(?v, "foobar"@en)) }',
        "dates": "SELECT (YEAR(?v) AS ?y) (MONTH(?v) AS ?m) (DAY(?v) AS ?d) (TZ(?v) AS ?z) { :f :v ?v }",
        "strings": "SELECT (UCASE(?v) AS ?u) (STRLEN(?v) AS ?l) (SUBSTR(?v, 2, 3) AS ?b)"
        ' (STRBEFORE(?v, "b") AS ?x)'
        ' (STRAFTER(?v, "o") AS ?a) (CONCAT(?v, "!") AS ?c) (REPLACE(?v, "o+", "0") AS ?r) { :h :v ?v }',
        "string tests": 'SELECT ?s { ?s :v ?v FILTER(CONTAINS(STR(?v), "oba") && STRSTARTS(STR(?v), "foo"))}',
        "regex": 'SELECT ?s { ?s :v ?v FILTER REGEX(STR(?v), "^FOO", "i") }',
        "chinese": "SELECT (STRLEN(?v) AS ?l) (ENCODE_FOR_URI(?v) AS ?e) { ?s :v ?v FILTER(LANG(?v)"
        ' = "zh") }',
        "datatypes": "SELECT ?s (DATATYPE(?v) AS ?d) (LANG(?v) AS ?l) { ?s :v ?v }",
        "casts": 'SELECT (xsd:integer("12") AS ?i) (xsd:double("x") AS ?n) (xsd:boolean("1") AS ?b)'
        " (xsd:string(3.5) AS ?t) {}",
        "if and coalesce": "SELECT ?s (IF(?v > 1, 'more', 'less') AS ?i) (COALESCE(?u, ?v, 0) AS ?c)"
        " { ?s :v ?v }",
        "hashes": 'SELECT (MD5("a") AS ?m) (SHA1("a") AS ?s) (SHA256("a") AS ?t) (SHA512("a") AS ?u) {}',
        "constructors": 'SELECT (IRI("http://e/x") AS ?i) (STRDT("1", xsd:int) AS ?d) (STRLANG("a",'
        ' "en") AS ?l) {}',
        "rounding": "SELECT (ABS(-2.5) AS ?a) (CEIL(2.1) AS ?c) (FLOOR(2.9) AS ?f) (ROUND(2.5) AS ?r) {}",
        "kinds": "SELECT ?s { ?s :v ?v FILTER(isLiteral(?v) && isIRI(?s) && !isBlank(?s)) }",
        "line breaks and quotes": "SELECT ?v { :k :v ?v }",
    },
    "paths": {
        "sequence": "SELECT ?x { :a :p/:p ?x }",
        "alternative": "SELECT ?x { :c :p|:q ?x }",
        "inverse": "SELECT ?x { :a ^:p ?x }",
        "zero or more": "SELECT ?x { :a :p* ?x }",
        "one or more": "SELECT ?x { :a :p+ ?x }",
        "zero or one": "SELECT ?x { :c :q? ?x }",
        "negated": "SELECT ?x ?y { ?x !(:p|:q) ?y }",
        "negated inverse": "SELECT ?x { :d !(^:r) ?x }",
        "nested": "SELECT ?x { :a (:p/:p)*/:q?/:r? ?x }",
        "both ends open": "SELECT ?x ?y { ?x :p+ ?y }",
        "in a graph": "SELECT ?x { GRAPH :other { :z :p* ?x } }",
    },
    "markup": {
        "from RDF/XML": "SELECT ?s ?o { ?s ?p ?o }",
    },
    "empty": {
        "nothing": "SELECT * { ?s ?p ?o }",
        "count of nothing": "SELECT (COUNT(*) AS ?c) { ?s ?p ?o }",
        "max of nothing": "SELECT (MAX(?o) AS ?m) { ?s ?p ?o }",
        "one empty row": "SELECT * { }",
        "ask nothing": "ASK { }",
        "construct nothing": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
        "negation over nothing": "SELECT ?x { BIND(1 AS ?x) FILTER NOT EXISTS { ?s ?p ?o } }",
    },
}

--- RFC 2971 3.3: fields are compared without case (T-ID-3): the reply is the same.
return scenario {
  name = "id-field-case",
  cites = "ID-3.3-c T-ID-3",
  needs = "ID",
  compare = "last",
  play = {
    "@open C1 login=no\nC1: ID (\"name\" \"x\" \"os\" \"iOS\")\n@close C1\n",
    "@open C1 login=no\nC1: ID (\"NAME\" \"x\" \"OS\" \"iOS\")\n@close C1\n",
    "@open C1 login=no\nC1: ID (\"Name\" \"x\" \"Os\" \"iOS\")\n@close C1\n",
  },
}

grant "scorer_reader" to "template_reader"

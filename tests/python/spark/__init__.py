"""The project on a second engine, Apache Spark, compared with DuckDB. Not here: the laws of portable SQL (laws/)."""
